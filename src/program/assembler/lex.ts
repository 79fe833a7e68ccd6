// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import { type ProgramText, SourceMap } from './source.ts'

/** `local` is a numeric label's use: `1b`, `2f`. `number` also stands for a character. `invalid` is no token at all. */
export type Token = {
  readonly kind: 'name' | 'number' | 'float' | 'local' | 'string' | 'sign' | 'invalid'
  readonly text: string
  /** Of numbers. */
  readonly value?: bigint
  /** Of strings, escapes resolved. */
  readonly bytes?: Uint8Array
  readonly span: Span
  /** Something stands directly before it, without a blank. */
  readonly glued: boolean
}

/** What stands between two line ends or semicolons; never without tokens. */
export type Statement = { readonly tokens: readonly Token[]; readonly span: Span }

const blank = /[^\S\n]+/y
const comment = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const pattern =
  /(?<name>[A-Za-z_.][\w.$]*)|(?<local>\d+[bf](?![\w.]))|(?<float>\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+(?!\w))|(?<number>\d\w*)|(?<string>"(?:[^"\\\n]|\\[^\n])*")|(?<char>'(?:\\[^\n]|[^\\\n])'?)|(?<sign><<|>>|[-+*/%&|^~!()[\]{},:$@=<>])/y

/** Cuts a program text into statements; comments are gone, and every token knows its place in the author's file. */
export function lex(source: ProgramText): Statement[] {
  const { text } = source
  const map = new SourceMap(source)
  const statements: Statement[] = []
  let tokens: Token[] = []
  const finish = (): void => {
    if (tokens.length > 0) {
      const [first, last] = [tokens[0]!.span, tokens.at(-1)!.span]
      statements.push({ tokens, span: { file: first.file, start: first.start, end: last.end } })
    }
    tokens = []
  }
  for (let at = 0; at < text.length; ) {
    const skipped = matchAt(blank, text, at) ?? matchAt(comment, text, at)
    if (skipped) {
      at += skipped[0].length
    } else if (text[at] === '\n' || text[at] === ';') {
      finish()
      at++
    } else {
      const match = matchAt(pattern, text, at)
      const length = match ? match[0].length : 1
      const span = map.span(at, at + length)
      const glued = at > 0 && !/[\s;]/.test(text[at - 1]!)
      tokens.push({ ...(match ? tokenOf(match) : { kind: 'invalid', text: text[at]! }), span, glued })
      at += length
    }
  }
  finish()
  return statements
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at
  return expression.exec(text)
}

function tokenOf(match: RegExpExecArray): Omit<Token, 'span' | 'glued'> {
  const [text] = match
  const groups = match.groups as Record<string, string | undefined>
  if (groups['name'] !== undefined) return { kind: 'name', text }
  if (groups['local'] !== undefined) return { kind: 'local', text }
  if (groups['float'] !== undefined) return { kind: 'float', text }
  if (groups['sign'] !== undefined) return { kind: 'sign', text }
  if (groups['string'] !== undefined) return { kind: 'string', text, bytes: unescaped(text.slice(1, -1)) }
  if (groups['char'] !== undefined) {
    const bytes = unescaped(text.slice(1).replace(/(?<=.)'$/, ''))
    return bytes.length === 1 ? { kind: 'number', text, value: BigInt(bytes[0]!) } : { kind: 'invalid', text }
  }
  const value = numberOf(text)
  return value === undefined ? { kind: 'invalid', text } : { kind: 'number', text, value }
}

/** As GNU as reads numbers: 0x, 0b, a leading 0 for octal. */
function numberOf(text: string): bigint | undefined {
  if (/^0x[\da-f]+$/i.test(text) || /^0b[01]+$/i.test(text)) return BigInt(text)
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`)
  return /^(0|[1-9]\d*)$/.test(text) ? BigInt(text) : undefined
}

const escapes: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

function unescaped(text: string): Uint8Array {
  const parts = [...text.matchAll(/\\x([\da-fA-F]+)|\\([0-7]{1,3})|\\(.)|[^\\]+/gsu)].flatMap(
    ([whole, hex, octal, letter]): number[] => {
      if (hex !== undefined) return [Number.parseInt(hex.slice(-2), 16)]
      if (octal !== undefined) return [Number.parseInt(octal, 8) & 255]
      if (letter !== undefined) return escapes[letter] === undefined ? encode(letter) : [escapes[letter]]
      return encode(whole)
    },
  )
  return Uint8Array.from(parts)
}

function encode(text: string): number[] {
  return [...new TextEncoder().encode(text)]
}
