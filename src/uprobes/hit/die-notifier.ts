// SPDX-License-Identifier: MIT
import type { DieNotifier, Task } from '../../kernel/kernel.ts'
import { marksOf } from '../registry/mm-marks.ts'
import { stateOf } from './task-state.ts'

/**
 * Only says whose the trap is and leaves the work to the way back to user mode, where it may sleep (spec 01 §3, 05 §1). It does not look
 * for a probe: in an mm with probes every breakpoint trap is claimed, those of `int $3` too (bug B5).
 */
export const claimTrap: DieNotifier = (trap, task) => {
  const claimed = trap === 'int3' ? mayHaveProbes(task) : stepExecuted(task)
  if (!claimed) return 'done'
  task.resumeWork = true
  return 'stop'
}

function mayHaveProbes(task: Task): boolean {
  if (!task.mm) return false
  return marksOf(task.mm).hasProbes || (stateOf(task)?.returns.length ?? 0) > 0
}

function stepExecuted(task: Task): boolean {
  return task.mm !== undefined && (stateOf(task)?.active?.trapped(task) ?? false)
}
