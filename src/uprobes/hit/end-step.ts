// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'
import type { Execution } from './execute.ts'
import type { HitParts } from './parts.ts'
import { recordHitEvent } from './record-hit-event.ts'
import type { TaskState } from './task-state.ts'

/** handle_singlestep (spec 05 §6): fix-ups or abort, and everything that the step held is given back. A path where it is recorded. */
export function endStep(
  parts: HitParts,
  task: Task,
  state: TaskState,
  active: Execution,
): KernelPath<void> | undefined {
  const { kernel } = parts
  const executed = active.state === 'executed'
  if (active.state === 'stepping') forgetStep(parts, task, active)
  else if (!executed) active.aborted(task)
  else if (active.finished(task) === 'restart') task.restarting = true

  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
  if (!executed) return undefined
  return recordHitEvent(kernel, 'stepped', task, active.uprobe, task.registers[Register.rip]!, active.slot)
}

/**
 * The trap flag went with the registers that a probed rt_sigreturn has put in place (bug B13), and this trap is that of another breakpoint. It
 * is taken for the end of the step, so execution goes on behind its byte, inside the instruction.
 */
function forgetStep({ kernel, warnings }: HitParts, task: Task, active: Execution): void {
  const note = 'a probed rt_sigreturn does not come back to its slot, and the next breakpoint is passed over'
  recordBug(kernel, 'B13', { task, probe: active.uprobe.name, note })
  warnings.warn('handle_singlestep: no step to end')
  active.released(task)
}

/** The task has come to another breakpoint in the middle of a step: what the step held is given back, and no end of it will be seen. */
export function leaveStep(task: Task, state: TaskState, active: Execution): void {
  active.released(task)
  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
}
