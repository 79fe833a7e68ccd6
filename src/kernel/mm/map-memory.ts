// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { Area, type AreaFlags } from './area.ts'
import { mergeNewRange } from './merge-areas.ts'
import type { Mm } from './mm.ts'
import { recordMapping } from './record-mapping.ts'
import { runMmapHooks } from './reshape.ts'
import { unmapMemory } from './unmap-memory.ts'

/** vm.max_map_count. */
const mostAreas = 65_530

export type Mapping = {
  readonly start: number
  readonly length: number
  readonly flags: AreaFlags
  readonly file?: OpenFile | undefined
  readonly offset?: number
}

/** Maps a range, replacing what is there (mmap_region). 0 or -errno. */
export function* mapMemory(mm: Mm, mapping: Mapping): KernelPath<number> {
  const { start, length, flags, file } = mapping
  const end = start + length
  if (end > userEnd || start % pageSize !== 0) return -Errno.EINVAL
  if (mm.areas.length >= mostAreas) return -Errno.ENOMEM
  const problem = yield* unmapMemory(mm, start, end)
  if (problem < 0) return problem
  const offset = file ? (mapping.offset ?? 0) : start
  const range = { start, end, flags, file, offset, family: undefined }
  const merged = yield* mergeNewRange(mm, range)
  const area = merged ?? new Area(mm, range)
  if (!merged) mm.insert(area)
  yield* runMmapHooks(area)
  yield* recordMapping(area, start, end)
  return 0
}
