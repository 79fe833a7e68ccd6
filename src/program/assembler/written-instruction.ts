// SPDX-License-Identifier: MIT
import type { Code } from '../../diagnostics/codes.ts'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Reading } from './mnemonic.ts'
import type { Operand } from './operand.ts'
import type { Syntax } from './parse-expression.ts'

/** An instruction as written, in the operand order of Intel. */
export type WrittenInstruction = {
  readonly word: string
  readonly readings: readonly Reading[]
  readonly operands: readonly Operand[]
  readonly prefixes: readonly number[]
  readonly syntax: Syntax
  readonly span: Span
}

export type Refusal = {
  readonly code: Code
  readonly message: string
  readonly span: Span
  readonly help?: readonly string[]
  readonly notes?: readonly string[]
}
