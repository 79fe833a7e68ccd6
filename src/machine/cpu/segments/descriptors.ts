// SPDX-License-Identifier: MIT
/**
 * The segments that user mode can reach in Linux's global descriptor table (arch/x86/include/asm/segment.h), by selector
 * without its privilege bits. All others are the kernel's or empty, which look alike from here, and there is no local table.
 */
export type Descriptor = {
  /** `code32` is a segment of 32-bit code, which this processor does not run. */
  readonly kind: 'code' | 'code32' | 'data'
  readonly writable: boolean
  /** What lar and lsl answer (Intel SDM 2A). */
  readonly rights: number
  readonly limit: number
}

export const codeSelector = 0x33
export const dataSelector = 0x2b
export const code32Selector = 0x23

const descriptors: ReadonlyMap<number, Descriptor> = new Map([
  [0x20, { kind: 'code32', writable: false, rights: 0xcf_fb00, limit: 0xffff_ffff }],
  [0x28, { kind: 'data', writable: true, rights: 0xcf_f300, limit: 0xffff_ffff }],
  [0x30, { kind: 'code', writable: false, rights: 0xaf_fb00, limit: 0xffff_ffff }],
  // Its limit is the number of the processor, which the vDSO reads with lsl.
  [0x78, { kind: 'data', writable: false, rights: 0x40_f500, limit: 0 }],
])

/** The descriptor that a selector names and that user mode may use; a null selector names none. */
export function descriptorOf(selector: number): Descriptor | undefined {
  return descriptors.get(selector & ~3)
}

/** The error code of an exception about a selector; zero for a null one (Intel SDM 3A §6.13). */
export function selectorError(selector: number): number {
  return selector & 0xfffc
}
