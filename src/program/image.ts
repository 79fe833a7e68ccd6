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
  /** The version that programs get which name none; other versions are part of the name (`memcpy@GLIBC_2.2.5`). */
  readonly version?: string
  /** STT_GNU_IFUNC: what lies there is a function that chooses the implementation when the program is linked. */
  readonly indirect?: true
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
  /** Of a program whose threads are started by `run:`. */
  readonly startStub?: StartStub
}

/** The code that was added to a program to start its threads. Addresses are link-time virtual addresses. */
export type StartStub = {
  /** The stub's code lies from here … */
  readonly start: bigint
  /** … to before here. */
  readonly end: bigint
  /** From where a thread's function returns to, up to and with its exit. */
  readonly exitInstructions: number
  /** In file order; the first is the initial task, the others are cloned in this order. */
  readonly threads: readonly StartedThread[]
}

export type StartedThread = {
  readonly name: string
  readonly symbol: string
  /** Where the thread starts. */
  readonly address: bigint
  /** Where its first function returns to, in the stub. */
  readonly returnAddress: bigint
  /** Eight bytes: what the function left in rax. */
  readonly resultAddress: bigint
  /** Absent for the initial task, which has the stack that the kernel made. */
  readonly stack?: { readonly low: bigint; readonly high: bigint }
}
