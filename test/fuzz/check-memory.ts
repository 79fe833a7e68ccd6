// SPDX-License-Identifier: MIT
import type { BootedKernel } from '../../src/kernel/kernel.ts'
import type { KernelTask } from '../../src/kernel/task/kernel-task.ts'
import { pageSize } from '../../src/machine/machine.ts'

/** What holds for every mm at any time: areas in order and apart, whole pages, and no page present outside of them. */
export function checkMemory(kernel: BootedKernel): void {
  const mms = new Set((kernel.tasks as readonly KernelTask[]).flatMap(({ mm }) => (mm ? [mm] : [])))
  for (const { areas, table, id } of mms) {
    let end = 0
    for (const area of areas) {
      const at = `mm ${id}, 0x${area.start.toString(16)}-0x${area.end.toString(16)}`
      if (area.start < end || area.end <= area.start) throw new Error(`${at}: out of order or overlapping`)
      if (area.start % pageSize !== 0 || area.end % pageSize !== 0) throw new Error(`${at}: no whole pages`)
      const stray = table.pages(end / pageSize, area.start / pageSize)
      if (stray.length > 0) throw new Error(`${at}: page ${stray[0]!.toString(16)} below it is in no area`)
      if (area.inode && !area.inode.mappings.has(area)) throw new Error(`${at}: its file does not know it`)
      end = area.end
    }
    if (table.pages(end / pageSize, 2 ** 40).length > 0) throw new Error(`mm ${id}: pages above all areas`)
  }
}
