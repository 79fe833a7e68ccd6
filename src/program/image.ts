// SPDX-License-Identifier: MIT
/** One loadable segment of a program, as its ELF program header says. Addresses are link-time virtual addresses. */
export type Segment = {
  readonly address: bigint
  readonly memorySize: number
  readonly fileOffset: number
  readonly fileSize: number
  readonly read: boolean
  readonly write: boolean
  readonly execute: boolean
}

export type ImageSymbol = {
  readonly name: string
  readonly address: bigint
  /** Bytes; 0 where unknown. */
  readonly size: number
  /** Offset in the file of the byte at `address`; absent for symbols without file bytes (.bss). */
  readonly fileOffset?: number
  readonly type: 'function' | 'object' | 'none'
}

/** A program: real ELF bytes and what is needed of their headers. */
export type Image = {
  readonly name: string
  readonly bytes: Uint8Array
  /** ET_DYN: loaded with a bias. */
  readonly positionIndependent: boolean
  readonly entry: bigint
  readonly segments: readonly Segment[]
  readonly symbols: readonly ImageSymbol[]
  /** PT_INTERP, where present. */
  readonly interpreter?: string
}
