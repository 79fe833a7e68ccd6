// SPDX-License-Identifier: MIT
import { stackLimit } from '../task/resource-limits.ts'
import type { Area } from './area.ts'
import type { Mm } from './mm.ts'
import { roundDown, stackGuardGap } from './unmapped-area.ts'

/** Extends a stack down to an address below it, unless the limit or the guard gap forbids it (expand_downwards). */
export function growStack(mm: Mm, stack: Area, address: number): boolean {
  const start = roundDown(address)
  if (!stack.flags.growsDown || stack.end - start > stackLimit || start < 0x10000) return false
  const below = mm.areas[mm.indexOf(stack) - 1]
  if (below?.accessible && !below.flags.growsDown && start - below.end < stackGuardGap) return false
  if (below && start < below.end) return false
  stack.offset -= stack.start - start
  stack.start = start
  mm.loosen(start)
  return true
}
