// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'
import { abortStep, finishStep, noTrap } from '../user-bkpt/single-step.ts'
import { freeSlot } from '../xol/slots.ts'
import type { HitParts } from './parts.ts'
import { recordHitEvent } from './record-hit-event.ts'
import { raiseOwnTrap } from './signals.ts'
import { type ActiveStep, needState } from './task-state.ts'

/** handle_singlestep (spec 05 §6): fix-ups or abort, and everything that the step held is given back. */
export function* endStep(parts: HitParts, task: Task, active: ActiveStep): KernelPath<void> {
  const { kernel, registry } = parts
  tellBugs(kernel, task, active)
  if (active.state === 'executed') {
    const { outcome, trap } = finishStep(task, task.mm!, active.step)
    if (trap) raiseOwnTrap(kernel, task, active.uprobe.name)
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

/** Names what the step shows of known bugs, while the thread is still as the step has left it. */
function tellBugs(kernel: Kernel, task: Task, { uprobe, step, state }: ActiveStep): void {
  if (!kernel.records('bug') || task.fatalSignalPending) return
  const { analysis, address, slotAddress, trapNumber, trapFlag } = step
  const left = task.registers[Register.rip] !== slotAddress
  for (const bug of analysis.bugs) {
    // Where the program has set the flag itself, nothing of it leaks.
    if (left && !(bug === 'B11' && trapFlag))
      recordBug(kernel, bug, { task, probe: uprobe.name, ip: address })
  }
  const { trapNumber: trap } = task
  if (state === 'trapped' && trap !== noTrap && trap !== trapNumber)
    recordBug(kernel, 'B27', { task, probe: uprobe.name, ip: address })
}
