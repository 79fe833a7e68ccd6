// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import { Register } from '../../../machine/machine.ts'
import type { Execute, Execution } from '../../hit/execute.ts'
import type { OwnTrap } from '../../hit/signals.ts'
import { needState } from '../../hit/task-state.ts'
import { recordBug } from '../../known-bugs.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { abortStep, beginStep, finishStep, type Step } from '../../user-bkpt/single-step.ts'
import type { Slot } from '../../xol/slot-area.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import type { ExecuteParts } from './executes.ts'

/**
 * `execute: xol`: a single-step over a copy in a slot of the mm (spec 03). Needs to know of every instruction what has to be put right
 * after its copy has run elsewhere, and a mapping that the program has not asked for. The breakpoint stays where it is, so no thread misses
 * it. It fails where the instruction is taken for another one, where the step shows in its result, and where the program unmaps the page.
 */
export class OutOfLine implements Execute {
  readonly #parts: ExecuteParts

  constructor(parts: ExecuteParts) {
    this.#parts = parts
  }

  begin(task: Task, uprobe: Uprobe, address: bigint): boolean | KernelPath<boolean> {
    const slot = this.#parts.supply.take(task, uprobe.analysis!.copy)
    if (!slot) return this.#beginLater(task, uprobe, address)
    this.#beginIn(slot, task, uprobe, address)
    return true
  }

  *#beginLater(task: Task, uprobe: Uprobe, address: bigint): KernelPath<boolean> {
    const slot = yield* this.#parts.supply.wait(task, uprobe.analysis!.copy)
    if (slot) this.#beginIn(slot, task, uprobe, address)
    return slot !== undefined
  }

  #beginIn(slot: Slot, task: Task, uprobe: Uprobe, address: bigint): void {
    const { signals } = this.#parts
    const step = beginStep(task, uprobe.analysis!, address, slot.address)
    // The mark is for whoever denies signals: it tells him those that the copy has raised.
    if (signals === 'deliver') task.trapNumber = step.trapNumber
    const Execution = signals === 'deliver' ? InterruptibleStep : StepInSlot
    needState(task).active = new Execution(this.#parts, task, uprobe, slot, step)
    task.stepping = true
  }
}

class StepInSlot implements Execution {
  readonly uprobe: Uprobe
  readonly slot: Slot
  state: Execution['state'] = 'stepping'
  signalDenied = false
  readonly #kernel: Kernel
  readonly #supply: SlotSupply
  readonly #ownTrap: OwnTrap
  readonly #step: Step
  /** The probed instruction is the system call that replaces all registers. */
  readonly #sigreturn: boolean

  constructor({ kernel, supply, ownTrap }: ExecuteParts, task: Task, uprobe: Uprobe, slot: Slot, step: Step) {
    this.#kernel = kernel
    this.#supply = supply
    this.#ownTrap = ownTrap
    this.uprobe = uprobe
    this.slot = slot
    this.#step = step
    // The call is made behind this, so its number still stands in rax.
    this.#sigreturn = step.analysis.bugs.includes('B13') && task.registers[Register.rax] === rtSigreturn
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
    if (this.#step.trapFlag && outcome === 'done') this.#ownTrap(this.#kernel, task, this.uprobe.name)
    this.#supply.give(this.slot)
    return outcome
  }

  aborted(task: Task): void {
    this.#tellBugs(task)
    abortStep(task, this.#step)
    this.#supply.give(this.slot)
  }

  released(): void {
    this.#supply.give(this.slot)
  }

  /** Where signals wait for the end of the step, nobody is thought to leave before it. */
  left(): 'given back' | 'lost' {
    return 'lost'
  }

  /** Names what the step shows of known bugs, while the thread is still as the step has left it. */
  #tellBugs(task: Task): void {
    const kernel = this.#kernel
    if (task.fatalSignalPending) return
    const { analysis, address, slotAddress, trapNumber, trapFlag } = this.#step
    const place = { task, probe: this.uprobe.name, ip: address }
    const ahead = BigInt.asUintN(64, task.registers[Register.rip]! - slotAddress)
    const inSlot = ahead < BigInt(analysis.copy.length)
    if (this.#sigreturn && !inSlot) recordBug(kernel, 'B13', { ...place, note: lostStep })
    else if (ahead !== 0n)
      for (const bug of analysis.bugs) {
        // Where the program has set the flag itself, nothing of it leaks.
        if (!(bug === 'B11' && trapFlag)) recordBug(kernel, bug, place)
      }
    if (this.state === 'trapped' && task.trapNumber !== trapNumber) recordBug(kernel, 'B27', place)
  }
}

const rtSigreturn = 15n
/** rt_sigreturn has put other registers in place, and what ends the step here has been brought about by the program behind it. */
const lostStep =
  'a probed rt_sigreturn does not come back to its slot, and the next trap is taken for that of its step'

/**
 * `signals-while-stepping: deliver`: a handler may run in the middle of the step, which goes on when it returns to the slot. The thread has
 * one step at a time, so a breakpoint in the handler takes its place, and nobody knows the end of this one.
 */
class InterruptibleStep extends StepInSlot {
  superseded(): void {
    this.state = 'superseded'
  }

  override left(): 'given back' {
    this.released()
    return 'given back'
  }
}
