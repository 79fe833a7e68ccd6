// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Execution } from './execute.ts'
import type { HitParts } from './parts.ts'
import { recordHitEvent } from './record-hit-event.ts'
import type { TaskState } from './task-state.ts'

/** handle_singlestep (spec 05 §6): fix-ups or abort, and everything that the step held is given back. A path where it is recorded. */
export function endStep(
  { kernel }: HitParts,
  task: Task,
  state: TaskState,
  active: Execution,
): KernelPath<void> | undefined {
  const executed = active.state === 'executed'
  if (!executed) active.aborted(task)
  else if (active.finished(task) === 'restart') task.restarting = true

  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
  if (!executed) return undefined
  return recordHitEvent(kernel, 'stepped', task, active.uprobe, task.registers[Register.rip]!, active.slot)
}

/** The task has come to another breakpoint in the middle of a step: what the step held is given back, and no end of it will be seen. */
export function leaveStep(task: Task, state: TaskState, active: Execution): void {
  active.released(task)
  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
}
