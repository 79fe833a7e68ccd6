// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import type { KernelPath } from '../kernel.ts'
import type { AreaFlags } from './area.ts'
import { Area, noFlags } from './area.ts'
import { mergeNewRange } from './merge-areas.ts'
import type { Mm } from './mm.ts'
import { recordMapping } from './record-mapping.ts'
import { unmapMemory } from './unmap-memory.ts'
import { gapStart, roundUp } from './unmapped-area.ts'

/** Flags of the heap, the stack and .bss (VM_DATA_DEFAULT_FLAGS with VM_ACCOUNT). */
export const dataFlags: AreaFlags = {
  ...noFlags,
  read: true,
  write: true,
  mayRead: true,
  mayWrite: true,
  mayExecute: true,
  account: true,
}

/** brk: moves the end of the heap where that is possible, and answers where it is. */
export function* moveBreak(mm: Mm, wanted: number): KernelPath<number> {
  if (!(wanted >= mm.breakStart)) return mm.breakEnd
  const old = roundUp(mm.breakEnd)
  const end = roundUp(wanted)
  if (end > old) {
    const above = mm.areaEndingAbove(old)
    if (end > userEnd || (above && end + pageSize > gapStart(above))) return mm.breakEnd
  }
  mm.breakEnd = wanted
  if (end < old) yield* unmapMemory(mm, end, old)
  else if (end > old) yield* extend(mm, old, end)
  return wanted
}

/** More heap goes into the heap's own area; .bss right below it and mappings above stay areas of their own (do_brk_flags). */
function* extend(mm: Mm, start: number, end: number): KernelPath {
  const range = { start, end, flags: dataFlags, file: undefined, offset: start, family: undefined }
  const merged = yield* mergeNewRange(mm, range, { onlyInto: mm.breakStart })
  const area = merged ?? new Area(mm, range)
  if (!merged) mm.insert(area)
  yield* recordMapping(area, start, end)
}
