// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Statement, Token } from './lex.ts'

export type Report = (diagnostic: Diagnostic) => void

/** What a diagnostic says beside its sentence. */
export type Words = {
  readonly text?: string | undefined
  readonly help?: readonly string[]
  readonly notes?: readonly string[]
}

/** Reads the tokens of one statement, and reports its first error: what follows an error says nothing new. */
export class Cursor {
  readonly statement: Statement
  readonly #report: Report
  #at = 0
  #failed = false

  constructor(statement: Statement, report: Report) {
    this.statement = statement
    this.#report = report
  }

  get failed(): boolean {
    return this.#failed
  }

  get done(): boolean {
    return this.#at >= this.statement.tokens.length
  }

  peek(ahead = 0): Token | undefined {
    return this.statement.tokens[this.#at + ahead]
  }

  next(): Token | undefined {
    return this.statement.tokens[this.#at++]
  }

  /** The next token is this sign. */
  at(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token?.kind === 'sign' && token.text === sign
  }

  /** Takes the sign if it is next. */
  take(sign: string): boolean {
    if (!this.at(sign)) return false
    this.#at++
    return true
  }

  /** Takes the sign, or reports that it is missing. */
  need(sign: string, what: string): boolean {
    if (this.take(sign)) return true
    this.fail('B006', `${what} needs \`${sign}\` here`)
    return false
  }

  /** Takes a name, or reports that one is missing. */
  name(what: string): Token | undefined {
    if (this.peek()?.kind === 'name') return this.next()
    return this.fail('B006', `${what} is a name`)
  }

  /** From the token at `start` (as `position` gave it) to the last one taken. */
  spanFrom(start: number): Span {
    const first = this.statement.tokens[Math.min(start, this.statement.tokens.length - 1)]!.span
    const last = this.statement.tokens[Math.max(start, this.#at - 1)]?.span ?? first
    return { file: first.file, start: first.start, end: last.end }
  }

  get position(): number {
    return this.#at
  }

  /** The next token, or the end of the statement. */
  here(): Span {
    const token = this.peek()
    if (token) return token.span
    const { file, end } = this.statement.span
    return { file, start: end, end }
  }

  /** Reports an error, unless the statement had one, and gives undefined for the caller to pass on. */
  fail(code: Code, message: string, span: Span = this.here(), { text, help, notes }: Words = {}): undefined {
    if (!this.#failed) {
      this.#report({
        code,
        severity: 'error',
        message,
        labels: [text === undefined ? { span } : { span, text }],
        ...(help ? { help } : {}),
        ...(notes ? { notes } : {}),
      })
    }
    this.#failed = true
    return undefined
  }

  /** Whatever is left is too much. */
  finish(): void {
    if (!this.done && !this.#failed) this.fail('B006', `\`${this.peek()!.text}\` was not expected here`)
  }
}
