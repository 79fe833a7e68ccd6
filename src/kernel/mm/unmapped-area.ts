// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import type { Area } from './area.ts'
import { type Mm, mmapBase } from './mm.ts'

/** Pages kept free below a stack (stack_guard_gap): 1 MiB. */
export const stackGuardGap = 256 * pageSize
/** vm.mmap_min_addr. */
export const lowestAddress = 0x10000

/**
 * Address for a mapping of `length` bytes: the hint where that range is free, else the highest free range below the mmap base, else the
 * lowest one anywhere.
 */
export function unmappedArea(mm: Mm, hint: number, length: number): number | undefined {
  const size = roundUp(length)
  if (size > userEnd) return undefined
  if (hint > 0) {
    const wanted = Math.max(roundUp(hint), lowestAddress)
    const above = mm.areaEndingAbove(wanted)
    if (wanted + size <= userEnd && (!above || wanted + size <= gapStart(above))) return wanted
  }
  return highestBelow(mm, mmapBase, size) ?? lowestAbove(mm, size)
}

export function roundUp(value: number): number {
  return Math.ceil(value / pageSize) * pageSize
}

export function roundDown(value: number): number {
  return value - (value % pageSize)
}

/** Where the free range below an area ends: a stack keeps its guard gap free. */
export function gapStart(area: Area): number {
  return area.flags.growsDown ? area.start - stackGuardGap : area.start
}

/** The search begins below the gaps that were found too small before: with thousands of threads the one for a stack would pass all the others. */
function highestBelow(mm: Mm, top: number, size: number): number | undefined {
  const known = size >= mm.tight.size
  let end = known ? mm.tight.above : top
  for (let at = Math.min(mm.indexEndingAbove(end), mm.areas.length - 1); at >= 0; at--) {
    const area = mm.areas[at]!
    if (area.end <= end && end - area.end >= size) return fits(mm, end, size)
    end = Math.min(end, gapStart(area))
  }
  return end - size >= lowestAddress ? fits(mm, end, size) : undefined
}

function fits(mm: Mm, end: number, size: number): number {
  mm.tight = { above: end, size }
  return end - size
}

function lowestAbove(mm: Mm, size: number): number | undefined {
  let start = lowestAddress
  for (const area of mm.areas) {
    if (gapStart(area) - start >= size) return start
    start = Math.max(start, area.end)
  }
  return userEnd - start >= size ? start : undefined
}
