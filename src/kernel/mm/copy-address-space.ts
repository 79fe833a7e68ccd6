// SPDX-License-Identifier: MIT
import { pageSize } from '../../machine/machine.ts'
import { Advised } from './area.ts'
import type { Mm } from './mm.ts'

/**
 * What fork does to memory (dup_mmap): areas are copied unless they forbid it; private anonymous pages, and with them breakpoints, are
 * shared until one side writes. Areas without any such page start empty in the child: faults bring their pages back (vma_needs_copy).
 */
export function copyAddressSpace(from: Mm, to: Mm): void {
  to.breakStart = from.breakStart
  to.breakEnd = from.breakEnd
  to.stackStart = from.stackStart
  to.executable = from.executable
  to.commandLine = from.commandLine
  to.environment = from.environment
  to.stub = from.stub
  const memory = from.kernel.memory
  for (const area of from.areas) {
    if (area.flags.dontCopy) continue
    const copy = area.derive(to, area.start, area.end, area.offset)
    const wiped = (area.flags.advised & Advised.WIPE_ON_FORK) !== 0
    if (wiped) copy.family = undefined
    else if (area.family) {
      copy.family = { anonymous: true }
      copy.inherited = true
    }
    to.areas.push(copy)
    copy.inode?.addMapping(copy)
    if (copy.pages) {
      for (const frame of copy.pages) memory.retain(frame)
      to.specialFrames.push(...copy.pages)
    }
    if (!area.family || wiped) continue
    for (const page of from.table.pages(area.start / pageSize, area.end / pageSize)) {
      const entry = from.table.get(page)!
      const shared = { ...entry, write: false }
      if (entry.write) from.table.set(page, shared)
      memory.retain(entry.frame)
      to.table.set(page, shared)
    }
  }
}
