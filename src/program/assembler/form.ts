// SPDX-License-Identifier: MIT
import type { OpKind } from 'iced-x86'
import type { Span } from '../../diagnostics/source-file.ts'
import type { Sum } from './expression.ts'
import type { Opcode } from './opcodes.ts'
import type { MemoryOperand, RoundingOperand } from './operand.ts'
import type { ImmediateKind } from './operand-kind.ts'

/** An operand that was fitted to a place of an instruction code. */
export type FittedOperand =
  | {
      readonly kind: 'register'
      readonly register: number
      readonly mask?: number
      readonly zeroing?: boolean
    }
  | {
      readonly kind: 'memory'
      readonly memory: MemoryOperand
      readonly displacement: Sum
      readonly span: Span
      readonly absolute?: boolean
    }
  | { readonly kind: 'string'; readonly opKind: OpKind; readonly segment?: number }
  | { readonly kind: 'table'; readonly segment?: number }
  | {
      readonly kind: 'immediate'
      readonly opKind: OpKind
      readonly accepts: ImmediateKind
      readonly value: Sum
      readonly span: Span
    }
  | { readonly kind: 'branch'; readonly target: Sum }

/** One way to encode an instruction. */
export type Form = {
  readonly opcode: Opcode
  readonly operands: readonly FittedOperand[]
  readonly rounding?: RoundingOperand['control']
  /** Prefix bytes that the author wrote. */
  readonly prefixes: readonly number[]
  /** Bytes, prefixes included. */
  readonly length: number
}
