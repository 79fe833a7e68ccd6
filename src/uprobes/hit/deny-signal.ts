// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import { noTrap } from '../user-bkpt/single-step.ts'
import { stateOf } from './task-state.ts'

/** #DB and #BP: where no notifier claims them, the trap behind the step comes as a signal itself. */
const ownTraps: ReadonlySet<number> = new Set([1, 3])

/**
 * uprobe_deny_signal (spec 05 §6.2): no signal is delivered in a slot. One that the copy itself has raised, and one that is certain to kill, end
 * the step at once; any other waits for its end.
 */
export function denySignal(task: Task): boolean {
  const active = stateOf(task)?.active
  if (!active || ownTraps.has(task.trapNumber)) return false
  if (task.signalPending) {
    active.signalDenied = true
    task.signalPending = false
    if (task.fatalSignalPending || task.trapNumber !== noTrap) {
      active.state = 'trapped'
      task.resumeWork = true
    }
  }
  return true
}
