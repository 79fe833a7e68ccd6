// SPDX-License-Identifier: MIT
import { pageSize } from '../../machine/machine.ts'
import type { Mm } from './mm.ts'

/** Takes the pages of a range out of the page table and gives their references back. The areas stay. */
export function zap(mm: Mm, start: number, end: number): void {
  for (const page of mm.table.pages(start / pageSize, end / pageSize)) {
    const entry = mm.table.get(page)!
    mm.table.clear(page)
    mm.kernel.memory.release(entry.frame)
  }
}
