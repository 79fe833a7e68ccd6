// SPDX-License-Identifier: MIT
import type { Mm } from './mm.ts'
import { zap } from './zap.ts'

/** The last user is gone: plug-ins let go first, then every mapping does, without munmap hooks (spec 04 §8). */
export function tearDown(mm: Mm): void {
  for (const hook of mm.kernel.hooks.releaseMm) hook(mm)
  for (const area of mm.areas) {
    zap(mm, area.start, area.end)
    area.inode?.removeMapping(area)
  }
  mm.areas.length = 0
  for (const frame of mm.specialFrames) mm.kernel.memory.release(frame)
  mm.specialFrames.length = 0
  mm.table.dispose()
}
