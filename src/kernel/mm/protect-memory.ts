// SPDX-License-Identifier: MIT
import { pageSize } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { type Area, type AreaFlags, sameFlags } from './area.ts'
import { mergeExistingRange } from './merge-areas.ts'
import { areaRights, type Mm } from './mm.ts'
import { splitArea } from './split-area.ts'

export type Rights = { readonly read: boolean; readonly write: boolean; readonly execute: boolean }

/** Changes the rights of a range of whole pages (mprotect). Areas before the first that refuses are changed. 0 or -errno. */
export function* protectMemory(mm: Mm, start: number, end: number, rights: Rights): KernelPath<number> {
  let at = start
  while (at < end) {
    const area = mm.vmaAt(at)
    if (!area) return -Errno.ENOMEM
    const stop = Math.min(area.end, end)
    const refusal = refuses(area, rights)
    if (refusal) return -refusal
    yield* changeFlags(area, at, stop, protectedFlags(area, rights))
    at = stop
  }
  return 0
}

/** Gives a part of an area other flags: merges it with what is alike beside it, or cuts it out. */
export function* changeFlags(area: Area, start: number, end: number, flags: AreaFlags): KernelPath<Area> {
  if (sameFlags(area.flags, flags)) return area
  let part = yield* mergeExistingRange(area, start, end, flags)
  if (!part) {
    if (area.start < start) yield* splitArea(area, start, 'above')
    if (area.end > end) yield* splitArea(area, end, 'below')
    area.flags = flags
    part = area
  }
  applyRights(part, start, end)
  return part
}

function refuses(area: Area, { read, write, execute }: Rights): number {
  const { mayRead, mayWrite, mayExecute } = area.flags
  return (read && !mayRead) || (write && !mayWrite) || (execute && !mayExecute) ? Errno.EACCES : 0
}

/** Memory that becomes writable is charged; the charge is taken back only from anonymous memory that was never touched. */
function protectedFlags(area: Area, rights: Rights): AreaFlags {
  const old = area.flags
  let account = old.account
  if (rights.write) account ||= !old.write && !old.shared && !old.noReserve
  else if (!area.inode && !area.family) account = false
  return { ...old, read: rights.read, write: rights.write, execute: rights.execute, account }
}

/** Brings the entries that are present into line; the right to write comes back with the next fault. */
function applyRights(area: Area, start: number, end: number): void {
  const table = area.mm.table
  const rights = areaRights(area)
  for (const page of table.pages(start / pageSize, end / pageSize)) {
    const entry = table.get(page)!
    table.set(page, { frame: entry.frame, ...rights, write: entry.write && area.flags.write })
  }
}
