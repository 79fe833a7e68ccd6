// SPDX-License-Identifier: MIT
import type { DieNotifier } from '../../../kernel/kernel.ts'
import { claimBreakpoint, mayHaveProbes, stepExecuted } from '../../hit/claim-trap.ts'

/**
 * `handlers: resume` (spec 01 §3, 05 §1): the notifier only says whose the trap is; the work is done on the way back to user mode, in task
 * context, where handlers may sleep and bring memory in. Needs a place in the loop that every return to user mode goes through, before signals
 * are delivered. As the notifier does not look for a probe, in an mm with probes every breakpoint trap is claimed, those of `int $3` too (bug B5),
 * and the program's own come back to it without their number (bug B6).
 */
export function handleAtResume(): DieNotifier {
  return (trap, task) => {
    const claimed = trap === 'int3' ? mayHaveProbes(task) && claimBreakpoint(task) : stepExecuted(task)
    if (!claimed) return 'done'
    task.resumeWork = true
    return 'stop'
  }
}
