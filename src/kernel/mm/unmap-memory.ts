// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { Mm } from './mm.ts'
import { recordUnmapping } from './record-mapping.ts'
import { runLeaveHooks, runMunmapHooks } from './reshape.ts'
import { splitArea } from './split-area.ts'
import { zap } from './zap.ts'

/** Unmaps a range of whole pages; areas that reach out of it are cut (do_vmi_munmap). 0 or -errno. */
export function* unmapMemory(mm: Mm, start: number, end: number): KernelPath<number> {
  const first = mm.areaEndingAbove(start)
  if (!first || first.start >= end) return 0
  if (first.start < start) yield* splitArea(first, start, 'below')
  const last = mm.areaEndingAbove(end - 1)
  if (last && last.start < end && last.end > end) yield* splitArea(last, end, 'above')
  const gone = mm.areas.slice(mm.indexEndingAbove(start), mm.indexEndingAbove(end - 1) + 1)
  const inside = gone.filter(area => area.start >= start && area.end <= end)
  for (const area of inside) {
    runMunmapHooks(area, area.start, area.end)
    runLeaveHooks(area, area.start, area.end, 'unmap')
    zap(mm, area.start, area.end)
    mm.remove(area)
  }
  mm.loosen(start)
  for (const area of inside)
    yield* recordUnmapping(mm, area.file?.path ?? area.label ?? '', area.start, area.end)
  return 0
}
