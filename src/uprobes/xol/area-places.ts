// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath, VmaFlags } from '../../kernel/kernel.ts'
import { type Frame, pageSize, userEnd } from '../../machine/machine.ts'

/** Where the page with the slots lies, and what the program finds of it among its mappings. */
export type AreaPlace = {
  /** Undefined: there is no room. */
  readonly find: (mm: AddressSpace) => number | undefined
  /** 0 or a negative errno; absent: the program gets no mapping. */
  readonly map?: (mm: AddressSpace, start: number, frame: Frame) => KernelPath<number>
}

/** In the half of addresses that is the kernel's (Linux: where vmalloc begins). */
const kernelAddress = 0xffff_c900_0000_0000

export const areaPlaces = {
  /** A mapping of the kernel's own kind, as high as possible (spec 03 §1). */
  special: {
    find: mm => mm.unmappedArea(userEnd - pageSize, pageSize),
    map: (mm, start, frame) => map(mm, start, frame, { name: '[uprobes]', io: true }),
  },
  /** A private mapping of a file in memory that has been unlinked, a page above the topmost mapping if that is free (spec 08 §6). */
  file: {
    find: mm => mm.unmappedArea((mm.vmas.at(-1)?.end ?? 0) + pageSize, pageSize),
    map: (mm, start, frame) => map(mm, start, frame, { name: '/uprobes/xol (deleted)', io: false }),
  },
  /** A supervisor page: user mode can neither see nor execute it. */
  kernel: { find: () => kernelAddress },
} as const satisfies Record<string, AreaPlace>

function map(
  mm: AddressSpace,
  start: number,
  frame: Frame,
  { name, io }: { readonly name: string } & Pick<VmaFlags, 'io'>,
): KernelPath<number> {
  const flags = { execute: true, mayExecute: true, dontCopy: true, io, special: true }
  return mm.mapSpecial({ start, frames: [frame], name, flags })
}
