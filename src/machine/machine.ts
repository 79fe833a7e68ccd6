// SPDX-License-Identifier: MIT
import type { MachineMemory } from './memory/machine-memory.ts'

/**
 * The hardware as the kernel sees it. One machine lives in one WebAssembly memory of a worker; a boot resets what the
 * last one dirtied. User virtual addresses are plain numbers below 2^47; register values are bigints.
 */

/** Number of a 4 KiB page of physical memory. */
export type Frame = number

export const pageSize = 4096
export const pageShift = 12
/** First address that is not a user address: 2^47 less the guard page. */
export const userEnd = 0x7fff_ffff_f000

export interface PhysicalMemory {
  /** A zeroed frame with one reference, or undefined when the limit is reached. */
  allocate(): Frame | undefined
  retain(frame: Frame): void
  /** Drops a reference; the last one frees the frame. */
  release(frame: Frame): void
  references(frame: Frame): number
  /** The frame's 4096 bytes, for reading. Writing goes through `write`, which drops decoded code. */
  bytes(frame: Frame): Uint8Array
  write(frame: Frame, offset: number, bytes: Uint8Array): void
  /** The 64-bit word at an offset of a frame, which it does not leave. */
  word(frame: Frame, offset: number): bigint
  setWord(frame: Frame, offset: number, value: bigint): void
  /** Frames in use. */
  readonly used: number
}

/** Rights of a page table entry. `user` is clear for supervisor pages. */
export type PageRights = {
  readonly read: boolean
  readonly write: boolean
  readonly execute: boolean
  readonly user: boolean
}
export type PageTableEntry = PageRights & { readonly frame: Frame }

/** One address space's page table and its cached translations. Page numbers are address / 4096. */
export interface PageTable {
  get(page: number): PageTableEntry | undefined
  /** The frame of a page that is present, where asked with a right only if it has it: as `get`, without an entry being made. */
  frameOf(page: number, right?: 'read' | 'write'): Frame | undefined
  /** Replaces whatever was there. Frames' reference counts are the caller's. */
  set(page: number, entry: PageTableEntry): void
  clear(page: number): void
  /** Pages that are present, in address order. */
  pages(from: number, to: number): number[]
  dispose(): void
}

export const Vector = { DE: 0, DB: 1, BP: 3, UD: 6, GP: 13, SS: 12, PF: 14, MF: 16, AC: 17, XM: 19 } as const
/** Bits of a #PF error code (Intel SDM 3A §4.7). */
export const PageFault = { PRESENT: 1, WRITE: 2, USER: 4, FETCH: 16 } as const

/** Why the processor came back to the kernel. Faults leave rip at the instruction; #BP and #DB leave it behind. */
export type Exit =
  | { readonly kind: 'limit' }
  | { readonly kind: 'syscall' }
  | { readonly kind: 'exception'; readonly vector: number; readonly error: number; readonly address: bigint }
  /** An instruction that the machine does not implement: a diagnostic, never skipped. */
  | { readonly kind: 'missing'; readonly address: bigint; readonly bytes: Uint8Array; readonly text: string }

/** Index into a register file. The first sixteen are in hardware order. */
export const Register = {
  rax: 0,
  rcx: 1,
  rdx: 2,
  rbx: 3,
  rsp: 4,
  rbp: 5,
  rsi: 6,
  rdi: 7,
  r8: 8,
  r9: 9,
  r10: 10,
  r11: 11,
  r12: 12,
  r13: 13,
  r14: 14,
  r15: 15,
  rip: 16,
  rflags: 17,
  fsBase: 18,
  gsBase: 19,
} as const
/** Behind those that have names: the selectors of es, ds, fs and gs, 16 bits each from the lowest. */
export const selectors = 20
export const registerCount = 21
export type RegisterName = keyof typeof Register

export const Flag = {
  CF: 1n,
  PF: 4n,
  AF: 0x10n,
  ZF: 0x40n,
  SF: 0x80n,
  TF: 0x100n,
  IF: 0x200n,
  DF: 0x400n,
  OF: 0x800n,
  AC: 0x40000n,
  ID: 0x200000n,
} as const

/** A task's registers while it does not run. `extended` is the fxsave image (512 bytes: x87, MXCSR, xmm). */
export type Context = { readonly registers: BigUint64Array; readonly extended: Uint8Array }

/** Of a processor, as `cpuid` tells it. */
export type CpuIdentity = {
  readonly vendor: string
  readonly family: number
  readonly model: number
  readonly stepping: number
  readonly features: readonly string[]
}

export interface Cpu {
  /** The live register file: `registers[Register.rax]`. rflags is materialised here whenever `run` has returned. */
  readonly registers: BigUint64Array
  /** Completed instructions since boot; an iteration of a repeated string instruction counts one, a faulting one none. */
  readonly retired: number
  /** Makes an address space current. */
  use(table: PageTable): void
  /**
   * Runs in user mode until `limit` instructions have been retired, or an exit. With rflags.TF set at the start of an
   * instruction, #DB follows it (Intel SDM 3B §17.3.1.4); `syscall` does not take the trap. `syscall` leaves rip behind it,
   * rcx = rip and r11 = rflags, and counts as retired; #BP does not count.
   */
  run(limit: number): Exit
  /**
   * Does the one instruction at the start of `bytes` as if it lay at rip, whatever lies there; `limit` says that it is done. No trap follows
   * it, it does not count as retired, and of a repeated string instruction it is one iteration.
   */
  interpret(bytes: Uint8Array): Exit
  save(context: Context): void
  restore(context: Context): void
  /** Registers and extended state of a processor after exec: all zero, rflags 0x202, x87 control 0x37f, MXCSR 0x1f80. */
  reset(): void
}

export interface Machine {
  readonly memory: PhysicalMemory
  readonly cpu: Cpu
  readonly identity: CpuIdentity
  newPageTable(): PageTable
  newContext(): Context
  /** Length in bytes (1 to 15) and text of the instruction at the start of `bytes`, or undefined when it does not decode. */
  disassemble(
    bytes: Uint8Array,
    address: bigint,
  ): { readonly length: number; readonly text: string } | undefined
}

export type MachineOptions = {
  /** Bytes of physical memory, a multiple of 64 KiB. */
  readonly memory: number
  /** `sse2` is the profile of spec guest-workload; `x86-64-v2` adds SSSE3, SSE4.1, SSE4.2 and POPCNT. */
  readonly cpu?: 'sse2' | 'x86-64-v2'
  /** From `reserveMemory`, kept from boot to boot; ends the machine that used it before. Absent: memory of its own. */
  readonly reserved?: MachineMemory
}
