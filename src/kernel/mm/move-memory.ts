// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { Area } from './area.ts'
import { mergeNewRange } from './merge-areas.ts'
import type { Mm } from './mm.ts'
import { recordMapping } from './record-mapping.ts'
import { runLeaveHooks } from './reshape.ts'
import { unmapMemory } from './unmap-memory.ts'
import { unmappedArea } from './unmapped-area.ts'

export type Move = {
  readonly start: number
  readonly oldLength: number
  readonly newLength: number
  readonly mayMove: boolean
  /** MREMAP_FIXED. */
  readonly target?: number
}

/** mremap: shrinks, grows in place or moves. The new address or -errno. Breakpoints move with their pages (spec 04 §8). */
export function* moveMemory(mm: Mm, move: Move): KernelPath<number> {
  const { start, oldLength, newLength, target } = move
  if (target !== undefined) {
    if (target + newLength > userEnd) return -Errno.EINVAL
    if (start + oldLength > target && target + newLength > start) return -Errno.EINVAL
    return oldLength === newLength
      ? yield* moveAll(mm, start, start + oldLength, target)
      : yield* moveTo(mm, start, oldLength, newLength, target)
  }
  const area = mm.vmaAt(start)
  if (!area) return -Errno.EFAULT
  if (oldLength === newLength) return start
  if (oldLength > newLength) {
    const problem = yield* unmapMemory(mm, start + newLength, start + oldLength)
    return problem < 0 ? problem : start
  }
  const refusal = refuses(area, start, oldLength, newLength)
  return refusal ? -refusal : yield* grow(area, move)
}

/** Whatever lies in a range goes to a target, one area after the other, with the gaps between them (Linux from 6.17 on). */
function* moveAll(mm: Mm, start: number, end: number, target: number): KernelPath<number> {
  let result = -Errno.EFAULT
  let at = start
  while (at < end) {
    const area = mm.areaEndingAbove(at)
    if (!area || area.start >= end) break
    if (at === start && area.start > start) return -Errno.EFAULT
    const from = Math.max(area.start, start)
    const to = Math.min(area.end, end)
    const moved = yield* moveTo(mm, from, to - from, to - from, target + (from - start))
    if (moved < 0) return moved
    if (from === start) result = moved
    at = to
  }
  return result
}

function* moveTo(
  mm: Mm,
  start: number,
  oldLength: number,
  newLength: number,
  target: number,
): KernelPath<number> {
  const area = mm.vmaAt(start)
  if (!area) return -Errno.EFAULT
  const refusal = refuses(area, start, oldLength, newLength)
  if (refusal) return -refusal
  yield* unmapMemory(mm, target, target + newLength)
  if (oldLength > newLength) yield* unmapMemory(mm, start + newLength, start + oldLength)
  const source = mm.vmaAt(start)
  return source
    ? yield* moveArea(source, start, Math.min(oldLength, newLength), newLength, target)
    : -Errno.EFAULT
}

/** What check_prep_vma refuses of a mapping that is to grow or to move. */
function refuses(area: Area, start: number, oldLength: number, newLength: number): number {
  if (oldLength === 0 && !area.flags.shared) return Errno.EINVAL
  // What shrinking cuts off may reach into other mappings.
  if (Math.min(oldLength, newLength) > area.end - start) return Errno.EFAULT
  return area.pages && newLength > oldLength ? Errno.EFAULT : 0
}

function* grow(area: Area, { start, oldLength, newLength, mayMove }: Move): KernelPath<number> {
  const { mm } = area
  const from = area.end
  const end = start + newLength
  const next = mm.areas[mm.indexOf(area) + 1]
  if (oldLength === from - start && end <= userEnd && (!next || next.start >= end)) {
    const { flags, file, family } = area
    const range = { start: from, end, flags, file, offset: area.offsetOf(from), family }
    return (yield* mergeNewRange(mm, range)) ? start : -Errno.ENOMEM
  }
  if (!mayMove) return -Errno.ENOMEM
  const place = unmappedArea(mm, 0, newLength)
  return place === undefined ? -Errno.ENOMEM : yield* moveArea(area, start, oldLength, newLength, place)
}

/** A second area at the new place (merged with its neighbours without a word to the hooks), the pages over to it, the old one gone. */
function* moveArea(
  area: Area,
  start: number,
  oldLength: number,
  newLength: number,
  target: number,
): KernelPath<number> {
  const mm = area.mm
  if (area.flags.special) return -Errno.EPERM
  runLeaveHooks(area, start, start + oldLength, 'move')
  const untouched = !area.file && !area.family
  const offset = untouched ? target : area.offsetOf(start)
  const end = target + newLength
  const range = { start: target, end, flags: area.flags, file: area.file, offset, family: area.family }
  const merged = area.pages ? undefined : yield* mergeNewRange(mm, range, { quiet: true })
  const moved = merged ?? area.derive(mm, target, end, offset)
  if (!merged) mm.insert(moved)
  const shift = (target - start) / pageSize
  for (const page of mm.table.pages(start / pageSize, (start + oldLength) / pageSize)) {
    mm.table.set(page + shift, mm.table.get(page)!)
    mm.table.clear(page)
  }
  if (oldLength > 0) yield* unmapMemory(mm, start, start + oldLength)
  yield* recordMapping(moved, target, end)
  return target
}
