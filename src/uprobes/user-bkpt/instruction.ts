// SPDX-License-Identifier: MIT
/** Whether code is read as 64-bit or 32-bit code: a property of the mm, not of the processor (spec 02 §3). */
export type Mode = 64 | 32

/** `CC`, the one byte that is written over a probed instruction. */
export const breakpoint = 0xcc
/** Bytes of an instruction copy: MAX_UINSN_BYTES. */
export const copySize = 16
/** Bytes of the longest instruction (Intel SDM 2A §2.3.11). */
export const longest = 15

/** A byte of an instruction and where it stands. */
export type Located = { readonly value: number; readonly at: number }

/** What the judgement and the fix-ups need of an instruction. */
export type Instruction = {
  readonly mode: Mode
  /** Legacy prefixes, each once, in the order of their first appearance. */
  readonly prefixes: readonly number[]
  readonly rex?: Located
  /** VEX or EVEX prefix. `vvvv` is the byte that holds that field, in bits 3 to 6, inverted. */
  readonly vex?: { readonly at: number; readonly length: number; readonly vvvv: number }
  /** Opcode bytes with their escapes, so that only 0F has a second; for VEX, EVEX and REX2 the single byte inside the map. */
  readonly opcode: readonly number[]
  readonly modrm?: Located
  /** Sign-extended; size 0 where there is none. */
  readonly immediate: { readonly value: number; readonly at: number; readonly size: number }
  readonly length: number
}
