// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { Mm } from './mm.ts'

/** Does what changes the mappings of an mm, marked as such: who registers probes waits until it is done (mmap_lock, spec 04 §2). */
export function* whileChanging(mm: Mm, work: KernelPath<number>): KernelPath<number> {
  mm.changes++
  const result = yield* work
  mm.changes--
  return result
}
