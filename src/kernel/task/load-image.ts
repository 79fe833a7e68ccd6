// SPDX-License-Identifier: MIT
import type { Image, Segment } from '../../program/image.ts'
import { Errno } from '../errno.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { type AreaFlags, noFlags } from '../mm/area.ts'
import { mapMemory } from '../mm/map-memory.ts'
import type { Mm } from '../mm/mm.ts'
import { dataFlags } from '../mm/program-break.ts'
import { roundDown, roundUp } from '../mm/unmapped-area.ts'

/** Where an image lies in memory. */
export type Placement = { readonly bias: number; readonly end: number }

/** Where position-independent programs with an interpreter are put (ELF_ET_DYN_BASE): two thirds of the address space. */
export const programBase = 0x5555_5555_4000

/**
 * Maps the segments of a program and zeroes what its file does not fill (elf_load). `base` is where a position-independent image goes;
 * undefined: the highest free range, as for interpreters and static programs. A placement or -errno.
 */
export function* loadImage(
  mm: Mm,
  file: OpenFile,
  image: Image,
  base: number | undefined,
  alignment: number,
): KernelPath<Placement | number> {
  const { segments } = image
  const first = roundDown(Number(segments[0]!.address))
  const last = segments[segments.length - 1]!
  const end = roundUp(Number(last.address) + last.memorySize)
  let bias = 0
  if (image.positionIndependent) {
    const place = base ?? mm.unmappedArea(0, end - first)
    if (place === undefined) return -Errno.ENOMEM
    bias = place - (place % alignment) - first
  }
  // Nothing is mapped yet but the stack, and for an interpreter the program (MAP_FIXED_NOREPLACE).
  if (isTaken(mm, first + bias, end + bias)) return -Errno.EEXIST
  for (const segment of segments) {
    const problem = yield* loadSegment(mm, file, segment, bias)
    if (problem < 0) return problem
  }
  return { bias, end: Number(last.address) + last.memorySize + bias }
}

function isTaken(mm: Mm, start: number, end: number): boolean {
  const above = mm.areaEndingAbove(start)
  return above !== undefined && above.start < end
}

function* loadSegment(mm: Mm, file: OpenFile, segment: Segment, bias: number): KernelPath<number> {
  const address = Number(segment.address) + bias
  const start = roundDown(address)
  const fileEnd = address + segment.fileSize
  const mapped = segment.fileSize === 0 ? start : roundUp(fileEnd)
  const flags = segmentFlags(segment)
  if (mapped > start) {
    const offset = roundDown(segment.fileOffset)
    const problem = yield* mapMemory(mm, { start, length: mapped - start, flags, file, offset })
    if (problem < 0) return problem
  }
  const end = roundUp(address + segment.memorySize)
  if (segment.memorySize > segment.fileSize && segment.write && mapped > fileEnd)
    mm.write(fileEnd, new Uint8Array(mapped - fileEnd))
  if (end <= mapped) return 0
  const zero = { ...dataFlags, execute: segment.execute }
  return yield* mapMemory(mm, { start: mapped, length: end - mapped, flags: zero })
}

function segmentFlags({ read, write, execute }: Segment): AreaFlags {
  return {
    ...noFlags,
    read,
    write,
    execute,
    mayRead: true,
    mayWrite: true,
    mayExecute: true,
    account: write,
  }
}
