// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { Area } from './area.ts'
import type { Mm } from './mm.ts'

/** Records that a range has been mapped. */
export function* recordMapping(area: Area, start: number, end: number): KernelPath {
  const kernel = area.mm.kernel
  if (!kernel.records('mmap')) return
  yield kernel.event({
    kind: 'mmap',
    thread: kernel.currentName(),
    fields: {
      path: area.name,
      start: kernel.place(area.mm, BigInt(start)),
      length: BigInt(end - start),
      rights: rightsText(area),
    },
  })
}

/** Records that a range of an area has been unmapped. */
export function* recordUnmapping(mm: Mm, name: string, start: number, end: number): KernelPath {
  const kernel = mm.kernel
  if (!kernel.records('munmap')) return
  yield kernel.event({
    kind: 'munmap',
    thread: kernel.currentName(),
    fields: { path: name, start: kernel.place(mm, BigInt(start)), length: BigInt(end - start) },
  })
}

/** Rights as in /proc/PID/maps: `r-xp`. */
export function rightsText(area: Area): string {
  const { read, write, execute, shared } = area.flags
  return `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}${shared ? 's' : 'p'}`
}
