// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { AreaFlags } from './area.ts'
import { noFlags } from './area.ts'
import { mapMemory } from './map-memory.ts'
import type { Mm } from './mm.ts'
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
  if (end < old) yield* unmapMemory(mm, end, old)
  else if (end > old) {
    const above = mm.areaEndingAbove(old)
    if (above && end + 4096 > gapStart(above)) return mm.breakEnd
    const before = mm.breakEnd
    mm.breakEnd = wanted
    if ((yield* mapMemory(mm, { start: old, length: end - old, flags: dataFlags })) < 0) mm.breakEnd = before
  }
  if (end <= old) mm.breakEnd = wanted
  return mm.breakEnd
}
