// SPDX-License-Identifier: MIT
import { type Frame, pageSize } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath, VmaFlags } from '../kernel.ts'
import { Area, noFlags } from './area.ts'
import type { Mm } from './mm.ts'
import { recordMapping } from './record-mapping.ts'
import { runMmapHooks } from './reshape.ts'

/**
 * Maps given frames under a name, such as `[uprobes]` (_install_special_mapping). Each frame gets a reference for as long as the area may
 * be there. The rights it may have later are those it has now, plus those named.
 */
export function* mapSpecial(
  mm: Mm,
  options: { start: number; frames: readonly Frame[]; name: string; flags: Partial<VmaFlags> },
): KernelPath<number> {
  const { start, frames, name, flags } = options
  const end = start + frames.length * pageSize
  const above = mm.areaEndingAbove(start)
  if (start % pageSize !== 0 || frames.length === 0) return -Errno.EINVAL
  if (above && above.start < end) return -Errno.EEXIST
  for (const frame of frames) mm.kernel.memory.retain(frame)
  mm.specialFrames.push(...frames)
  const area = new Area(mm, {
    start,
    end,
    offset: 0,
    label: name,
    specialPages: frames,
    flags: {
      ...noFlags,
      mayRead: flags.read ?? false,
      mayWrite: flags.write ?? false,
      mayExecute: flags.execute ?? false,
      special: true,
      ...flags,
    },
  })
  mm.insert(area)
  yield* runMmapHooks(area)
  yield* recordMapping(area, start, end)
  return 0
}
