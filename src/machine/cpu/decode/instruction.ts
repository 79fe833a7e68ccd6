// SPDX-License-Identifier: MIT
import type { Code, Mnemonic } from 'iced-x86'

/** A general or xmm register: a place in the machine's memory. Writing 4 bytes of a general one clears the 4 above. */
export type RegisterOperand = {
  readonly kind: 'register'
  /** 1, 2, 4 or 8 for general registers, 16 for xmm. */
  readonly bytes: number
  /** Host address of the lowest byte (register + 1 for ah, ch, dh, bh). */
  readonly host: number
}
export type ImmediateOperand = {
  readonly kind: 'immediate'
  /** Sign-extended to 64 bits, as an unsigned number. */
  readonly value: bigint
}
export type MemoryOperand = {
  readonly kind: 'memory'
  /** 0 where the instruction does not say (lea). */
  readonly bytes: number
  /** Words of registers in `i32`; those of `Layout.zero` where there is none. */
  readonly base: number
  readonly index: number
  /** 0 to 3: the index is shifted by it. */
  readonly scale: number
  /** Displacement, or the whole address where it is relative to rip. */
  readonly low: number
  readonly high: number
  /** Word of the segment base, that of `Layout.zero` for a flat one. */
  readonly segment: number
  /** Address size prefix: the effective address has 32 bits. */
  readonly narrow: boolean
  /** The exception of a non-canonical address: #SS with rsp or rbp as base, else #GP. */
  readonly vector: number
}
/** Everything else that can be named: x87 and MMX registers by number, segment, control and debug registers. */
export type OtherOperand = {
  readonly kind: 'st' | 'mm' | 'segment' | 'control'
  readonly number: number
}
/** The implied memory operands of string instructions, and direct branch targets, which `Instruction` has. */
export type ImpliedOperand = { readonly kind: 'string' | 'target' | 'far' }
export type Operand = RegisterOperand | ImmediateOperand | MemoryOperand | OtherOperand | ImpliedOperand

/** One decoded instruction at its address: all that families need, read once from the decoder. */
export type Instruction = {
  readonly mnemonic: Mnemonic
  readonly code: Code
  readonly length: number
  readonly operands: readonly Operand[]
  /** Address of the instruction that follows. */
  readonly nextLow: number
  readonly nextHigh: number
  /** Address of a direct branch's target. */
  readonly targetLow: number
  readonly targetHigh: number
  readonly repeat: '' | 'repe' | 'repne'
  /** A 0x66 or string operand size where operands do not tell: bytes of a string element, or 0. */
  readonly elementBytes: number
  /** Word of the segment base that string sources use, and whether string addresses have 32 bits. */
  readonly stringSegment: number
  readonly stringNarrow: boolean
  readonly privileged: boolean
  /** A far call with REX.W: it pushes 8 bytes each, whatever its pointer has. */
  readonly wide: boolean
}
