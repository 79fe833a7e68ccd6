// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { Area } from './area.ts'

/**
 * One change of the borders of areas of a file, with the hooks around it as vma_prepare and vma_complete call them: before it, munmap for
 * those that change; after it, mmap for the survivors, munmap for those that are gone, mmap for one that a split has added.
 */
export type Reshaping = {
  readonly target: Area
  /** A neighbour whose border moves too. */
  readonly neighbour?: Area | undefined
  readonly removed?: readonly Area[]
  readonly inserted?: Area | undefined
  /** The areas were moved by mremap and merged: breakpoints came with the pages. */
  readonly quiet?: boolean
}

export function* reshape(change: Reshaping, apply: () => void): KernelPath {
  const { target, neighbour, removed = [], inserted, quiet } = change
  if (!target.inode) {
    apply()
    return
  }
  runMunmapHooks(target, target.start, target.end)
  if (neighbour) runMunmapHooks(neighbour, neighbour.start, neighbour.end)
  apply()
  if (!quiet) {
    yield* runMmapHooks(target)
    if (neighbour) yield* runMmapHooks(neighbour)
  }
  for (const area of removed) runMunmapHooks(area, area.start, area.end)
  if (inserted) yield* runMmapHooks(inserted)
}

export function* runMmapHooks(area: Area): KernelPath {
  for (const hook of area.mm.kernel.hooks.mmap) yield* hook(area)
}

export function runMunmapHooks(area: Area, start: number, end: number): void {
  if (!area.inode) return
  for (const hook of area.mm.kernel.hooks.munmap) hook(area, start, end)
}

export function runLeaveHooks(area: Area, start: number, end: number, why: 'unmap' | 'move'): void {
  for (const hook of area.mm.kernel.hooks.leave) hook(area, start, end, why)
}
