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
  /** Where it goes: exactly there (MREMAP_FIXED), or if that is free. */
  readonly target?: { readonly at: number; readonly fixed: boolean }
  /** The mapping stays where it was, without its pages (MREMAP_DONTUNMAP). */
  readonly keeps: boolean
}

/** mremap: shrinks, grows in place or moves. The new address or -errno. Breakpoints move with their pages (spec 04 §8). */
export function* moveMemory(mm: Mm, move: Move): KernelPath<number> {
  const { start, oldLength, newLength, target } = move
  if (target) {
    const { at, fixed } = target
    if (at + newLength > userEnd) return -Errno.EINVAL
    if (start + oldLength > at && at + newLength > start) return -Errno.EINVAL
    return fixed && oldLength === newLength ? yield* moveAll(mm, move, at) : yield* moveTo(mm, move, target)
  }
  const area = mm.vmaAt(start)
  if (!area) return -Errno.EFAULT
  if (oldLength === newLength) return start
  if (oldLength > newLength) {
    const problem = yield* unmapMemory(mm, start + newLength, start + oldLength)
    return problem < 0 ? problem : start
  }
  const refusal = refuses(area, move)
  return refusal ? -refusal : yield* grow(area, move)
}

/** Whatever lies in a range goes to a target, one area after the other, with the gaps between them (Linux from 6.17 on). */
function* moveAll(mm: Mm, move: Move, target: number): KernelPath<number> {
  const { start } = move
  const end = start + move.oldLength
  let result = -Errno.EFAULT
  let at = start
  while (at < end) {
    const area = mm.areaEndingAbove(at)
    if (!area || area.start >= end) break
    if (at === start && area.start > start) return -Errno.EFAULT
    const from = Math.max(area.start, start)
    const to = Math.min(area.end, end)
    const length = to - from
    const part = { ...move, start: from, oldLength: length, newLength: length }
    const moved = yield* moveTo(mm, part, { at: target + (from - start), fixed: true })
    if (moved < 0) return moved
    if (from === start) result = moved
    at = to
  }
  return result
}

function* moveTo(mm: Mm, move: Move, target: NonNullable<Move['target']>): KernelPath<number> {
  const { start, oldLength, newLength, keeps } = move
  const area = mm.vmaAt(start)
  if (!area) return -Errno.EFAULT
  const refusal = refuses(area, move)
  if (refusal) return -refusal
  if (target.fixed) yield* unmapMemory(mm, target.at, target.at + newLength)
  if (oldLength > newLength) yield* unmapMemory(mm, start + newLength, start + oldLength)
  const source = mm.vmaAt(start)
  if (!source) return -Errno.EFAULT
  const at = target.fixed ? target.at : unmappedArea(mm, target.at, newLength)
  if (at === undefined) return -Errno.ENOMEM
  return yield* moveArea(source, { start, oldLength: Math.min(oldLength, newLength), newLength, keeps }, at)
}

/** What check_prep_vma refuses of a mapping that is to grow or to move. */
function refuses(area: Area, { start, oldLength, newLength, keeps }: Move): number {
  if (oldLength === 0 && !area.flags.shared) return Errno.EINVAL
  if (keeps && area.flags.special) return Errno.EINVAL
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
  return place === undefined
    ? -Errno.ENOMEM
    : yield* moveArea(area, { start, oldLength, newLength, keeps: false }, place)
}

/** A second area at the new place (merged with its neighbours without a word to the hooks), the pages over to it, the old one gone or empty. */
function* moveArea(
  area: Area,
  { start, oldLength, newLength, keeps }: Omit<Move, 'mayMove' | 'target'>,
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
  if (oldLength > 0 && !keeps) yield* unmapMemory(mm, start, start + oldLength)
  yield* recordMapping(moved, target, end)
  return target
}
