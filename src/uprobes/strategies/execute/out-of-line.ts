// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import { Register } from '../../../machine/machine.ts'
import type { Execute, Execution } from '../../hit/execute.ts'
import { raiseOwnTrap } from '../../hit/signals.ts'
import { needState } from '../../hit/task-state.ts'
import { recordBug } from '../../known-bugs.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { abortStep, beginStep, finishStep, noTrap, type Step } from '../../user-bkpt/single-step.ts'
import type { Slot, SlotOptions } from '../../xol/slot-area.ts'
import { freeSlot, takeFreeSlot, waitForSlot } from '../../xol/slots.ts'

/** `execute: xol`: a single-step over a copy in a slot of the mm (spec 03). */
export class OutOfLine implements Execute {
  readonly #kernel: Kernel
  readonly #slots: SlotOptions

  constructor(kernel: Kernel, slots: SlotOptions) {
    this.#kernel = kernel
    this.#slots = slots
  }

  begin(task: Task, uprobe: Uprobe, address: bigint): boolean | KernelPath<boolean> {
    const slot = takeFreeSlot(this.#kernel, task.mm!, uprobe.analysis!.copy)
    if (!slot) return this.#beginLater(task, uprobe, address)
    this.#beginIn(slot, task, uprobe, address)
    return true
  }

  *#beginLater(task: Task, uprobe: Uprobe, address: bigint): KernelPath<boolean> {
    const slot = yield* waitForSlot(this.#kernel, task.mm!, uprobe.analysis!.copy, this.#slots)
    if (slot) this.#beginIn(slot, task, uprobe, address)
    return slot !== undefined
  }

  #beginIn(slot: Slot, task: Task, uprobe: Uprobe, address: bigint): void {
    const step = beginStep(task, uprobe.analysis!, address, slot.address)
    needState(task).active = new StepInSlot(this.#kernel, uprobe, slot, step)
    task.stepping = true
  }
}

class StepInSlot implements Execution {
  readonly uprobe: Uprobe
  readonly slot: Slot
  state: Execution['state'] = 'stepping'
  signalDenied = false
  readonly #kernel: Kernel
  readonly #step: Step

  constructor(kernel: Kernel, uprobe: Uprobe, slot: Slot, step: Step) {
    this.#kernel = kernel
    this.uprobe = uprobe
    this.slot = slot
    this.#step = step
  }

  get address(): bigint {
    return this.#step.address
  }

  trapped(): boolean {
    this.state = 'executed'
    return true
  }

  finished(task: Task): 'done' | 'restart' {
    this.#tellBugs(task)
    const outcome = finishStep(task, task.mm!, this.#step)
    if (this.#step.trapFlag && outcome === 'done') raiseOwnTrap(this.#kernel, task, this.uprobe.name)
    freeSlot(this.slot)
    return outcome
  }

  aborted(task: Task): void {
    this.#tellBugs(task)
    abortStep(task, this.#step)
    freeSlot(this.slot)
  }

  released(): void {
    freeSlot(this.slot)
  }

  /** Names what the step shows of known bugs, while the thread is still as the step has left it. */
  #tellBugs(task: Task): void {
    const kernel = this.#kernel
    if (!kernel.records('bug') || task.fatalSignalPending) return
    const { analysis, address, slotAddress, trapNumber, trapFlag } = this.#step
    const place = { task, probe: this.uprobe.name, ip: address }
    const left = task.registers[Register.rip] !== slotAddress
    for (const bug of analysis.bugs) {
      // Where the program has set the flag itself, nothing of it leaks.
      if (left && !(bug === 'B11' && trapFlag)) recordBug(kernel, bug, place)
    }
    const { trapNumber: trap } = task
    if (this.state === 'trapped' && trap !== noTrap && trap !== trapNumber) recordBug(kernel, 'B27', place)
  }
}
