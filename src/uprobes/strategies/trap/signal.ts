// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../../kernel/kernel.ts'
import { claimBreakpoint, isProbed, stepExecuted } from '../../hit/claim-trap.ts'
import type { HitParts } from '../../hit/parts.ts'
import { resume } from '../../hit/resume.ts'
import { Signal } from '../../hit/signals.ts'
import { stateOf } from '../../hit/task-state.ts'

/** Number of the exception #BP. */
const breakpointTrap = 3

/**
 * `trap: signal` (spec 08 §1, before January 2010): nobody claims a trap. It becomes SIGTRAP, and as that is about to be delivered, the byte
 * before ip is looked up among the probes and the signal is taken away; so it is with the trap behind a step. Handlers run in task context
 * and may sleep. It needs the signals of the program, and that is how it fails: forcing SIGTRAP unblocks it and takes its handler away where
 * the program has blocked or ignored it; where a signal that kills comes first, the hit is never handled; a SIGTRAP that somebody sends is taken for a
 * hit if it comes behind a probe, and one that waits already swallows the trap's own; a probe that is removed before the signal is
 * delivered leaves a SIGTRAP that kills.
 */
export function trapBySignal(parts: HitParts): void {
  parts.kernel.hooks.reportSignal.push((task, { signal }) => {
    if (signal !== Signal.TRAP || !claims(parts, task)) return undefined
    return work(parts, task)
  })
}

function claims(parts: HitParts, task: Task): boolean {
  const active = stateOf(task)?.active
  const hasStepped = active && !(active.superseded && task.trapNumber === breakpointTrap)
  if (hasStepped) return stepExecuted(task)
  return isProbed(parts, task) && claimBreakpoint(task)
}

function* work(parts: HitParts, task: Task): KernelPath {
  const path = resume(parts, task)
  if (path) yield* path
}
