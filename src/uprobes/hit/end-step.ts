// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { abortStep, finishStep } from '../user-bkpt/single-step.ts'
import { freeSlot } from '../xol/slots.ts'
import type { HitParts } from './parts.ts'
import { recordHitEvent } from './record-hit-event.ts'
import { raiseOwnTrap } from './signals.ts'
import { type ActiveStep, needState } from './task-state.ts'

/** handle_singlestep (spec 05 §6): fix-ups or abort, and everything that the step held is given back. */
export function* endStep(parts: HitParts, task: Task, active: ActiveStep): KernelPath<void> {
  const { kernel, registry } = parts
  if (active.state === 'executed') {
    const { outcome, trap } = finishStep(task, task.mm!, active.step)
    if (trap) raiseOwnTrap(kernel, task)
    if (outcome === 'restart') task.restarting = true
  } else abortStep(task, active.step)

  needState(task).active = undefined
  task.stepping = false
  freeSlot(active.slot)
  if (active.signalDenied) task.signalPending = true
  const { uprobe, slot } = active
  if (active.state === 'executed')
    yield* recordHitEvent(kernel, 'stepped', task, uprobe, task.registers[Register.rip]!, slot)
  registry.release(uprobe)
}
