// SPDX-License-Identifier: MIT
import type { Span } from '../../diagnostics/source-file.ts'
import type { Expression } from './expression.ts'

/** Masking and broadcast of AVX-512: `{k1}`, `{z}`, `{1to8}`. */
export type Decoration = { readonly mask?: number; readonly zeroing?: boolean; readonly broadcast?: number }

/** One operand as the author wrote it, the same for both syntaxes. */
export type Operand = { readonly span: Span } & (
  | RegisterOperand
  | ImmediateOperand
  | MemoryOperand
  | RoundingOperand
)

export type RegisterOperand = {
  readonly kind: 'register'
  readonly register: number
  readonly decoration?: Decoration
}

export type ImmediateOperand = {
  readonly kind: 'immediate'
  readonly expression: Expression
  /** `offset` was written: the number counts as one that is not known yet. */
  readonly offset?: boolean
}

export type MemoryOperand = {
  readonly kind: 'memory'
  /** Bytes, where written (`dword ptr`). */
  readonly size?: number
  readonly segment?: number
  readonly base?: number
  readonly index?: number
  readonly scale: number
  readonly displacement?: Expression
  /** Only an expression: a branch takes it as its target. */
  readonly bare: boolean
  /** `short` was written. */
  readonly short?: boolean
  readonly decoration?: Decoration
}

/** `{rn-sae}` and its like, written where an operand stands. */
export type RoundingOperand = {
  readonly kind: 'rounding'
  readonly control: 'rn' | 'rd' | 'ru' | 'rz' | 'sae'
}
