// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import type { Uprobe } from '../registry/uprobe.ts'
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
  const { kernel, registry } = parts
  const executed = active.state === 'executed'
  if (!executed) active.aborted(task)
  else if (active.finished(task) === 'restart') task.restarting = true

  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
  const { uprobe, slot } = active
  const path = executed
    ? recordHitEvent(kernel, 'stepped', task, uprobe, task.registers[Register.rip]!, slot)
    : undefined
  return after(path, letGo, registry, uprobe)
}

function letGo(registry: HitParts['registry'], uprobe: Uprobe): undefined {
  registry.release(uprobe)
}

/** The task has come to another breakpoint in the middle of a step: what the step held is given back, and no end of it will be seen. */
export function leaveStep({ registry }: HitParts, task: Task, state: TaskState, active: Execution): void {
  active.released(task)
  state.active = undefined
  task.stepping = false
  if (active.signalDenied) task.signalPending = true
  registry.release(active.uprobe)
}
