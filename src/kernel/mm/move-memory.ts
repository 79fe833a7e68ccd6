// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { Area } from './area.ts'
import { mergeNewRange } from './merge-areas.ts'
import type { Mm } from './mm.ts'
import { recordMapping } from './record-mapping.ts'
import { unmapMemory } from './unmap-memory.ts'
import { gapStart, unmappedArea } from './unmapped-area.ts'

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
  const { start, newLength, target } = move
  let { oldLength } = move
  if (target !== undefined) {
    if (target + newLength > userEnd) return -Errno.EINVAL
    if (start + oldLength > target && target + newLength > start) return -Errno.EINVAL
    yield* unmapMemory(mm, target, target + newLength)
  }
  const area = mm.vmaAt(start)
  if (!area) return -Errno.EFAULT
  if (oldLength === 0 && !area.flags.shared) return -Errno.EINVAL
  if (oldLength > newLength) {
    yield* unmapMemory(mm, start + newLength, start + oldLength)
    oldLength = newLength
    if (target === undefined) return start
  }
  if (oldLength > area.end - start) return -Errno.EFAULT
  if (area.pages && newLength > oldLength) return -Errno.EFAULT
  if (target !== undefined) return yield* moveArea(area, start, oldLength, newLength, target)
  if (oldLength === newLength && oldLength > 0) return start
  if (oldLength === area.end - start && hasRoom(mm, area, newLength - oldLength)) {
    const from = area.end
    const grown = yield* mergeNewRange(mm, {
      start: from,
      end: from + newLength - oldLength,
      flags: area.flags,
      file: area.file,
      offset: area.offsetOf(from),
      family: area.family,
    })
    if (grown) return start
  }
  if (!move.mayMove) return -Errno.ENOMEM
  const place = unmappedArea(mm, 0, newLength)
  return place === undefined ? -Errno.ENOMEM : yield* moveArea(area, start, oldLength, newLength, place)
}

function hasRoom(mm: Mm, area: Area, more: number): boolean {
  const next = mm.areas[mm.areas.indexOf(area) + 1]
  return area.end + more <= userEnd && (!next || area.end + more <= gapStart(next))
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
  const untouched = !area.file && !area.family
  const offset = untouched ? target : area.offsetOf(start)
  const end = target + newLength
  const range = { start: target, end, flags: area.flags, file: area.file, offset, family: area.family }
  const merged = area.pages ? undefined : yield* mergeNewRange(mm, range, true)
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
