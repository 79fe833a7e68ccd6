// SPDX-License-Identifier: MIT
import type { AddressSpace, Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import { Flag, Register } from '../../../machine/machine.ts'
import type { Execute, Execution } from '../../hit/execute.ts'
import type { OwnTrap } from '../../hit/signals.ts'
import { needState } from '../../hit/task-state.ts'
import { recordBug } from '../../known-bugs.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import { breakpoint } from '../../user-bkpt/instruction.ts'
import { noTrap } from '../../user-bkpt/single-step.ts'
import { writeText } from '../../user-bkpt/write-text.ts'
import { type Stop, stopThreads } from '../stop-threads.ts'
import type { ExecuteParts } from './executes.ts'

/**
 * `execute: inline` (spec 09 §1): the original byte goes back into the text, the thread executes the instruction where it is, and after its
 * single-step trap the breakpoint is written again. Needs to know nothing of instructions, so it takes them all, and no mapping. One thread
 * is exact. It fails with more than one, as the text is theirs too: until the breakpoint is back the others pass without a hit; one that
 * was about to execute the original byte meets the breakpoint of a faster one, and hits twice; a probe that is removed meanwhile gets its
 * breakpoint back all the same, which kills whoever comes there next; and a copy that fork makes meanwhile has no breakpoint.
 */
export class InPlace implements Execute {
  readonly #parts: ExecuteParts
  readonly #quiesces: boolean

  constructor(parts: ExecuteParts) {
    this.#parts = parts
    this.#quiesces = parts.insert === 'quiesce'
  }

  begin(task: Task, uprobe: Uprobe, address: bigint): boolean | KernelPath<boolean> {
    return this.#quiesces ? this.#beginAlone(task, uprobe, address) : this.#begin(task, uprobe, address)
  }

  *#beginAlone(task: Task, uprobe: Uprobe, address: bigint): KernelPath<boolean> {
    const stop = yield* stopThreads(this.#parts.kernel, task.mm!, { probe: uprobe.name, except: task })
    if (this.#begin(task, uprobe, address, stop)) return true
    yield* stop.release()
    return false
  }

  #begin(task: Task, uprobe: Uprobe, address: bigint, stop?: Stop): boolean {
    const original = uprobe.analysis!.original.subarray(0, 1)
    if (!replace(this.#parts.kernel, task.mm!, address, breakpoint, original)) return false
    needState(task).active = new StepInPlace(this.#parts, task, { uprobe, address, stop })
    task.stepping = true
    return true
  }
}

class StepInPlace implements Execution {
  readonly uprobe: Uprobe
  readonly address: bigint
  readonly slot = undefined
  state: Execution['state'] = 'stepping'
  signalDenied = false
  readonly #kernel: Kernel
  readonly #ownTrap: OwnTrap
  readonly #trapNumber: number
  readonly #trapFlag: boolean
  readonly #stop: Stop | undefined

  constructor(
    { kernel, ownTrap }: ExecuteParts,
    task: Task,
    {
      uprobe,
      address,
      stop,
    }: { readonly uprobe: Uprobe; readonly address: bigint; readonly stop: Stop | undefined },
  ) {
    this.#kernel = kernel
    this.#ownTrap = ownTrap
    this.#stop = stop
    this.uprobe = uprobe
    this.address = address
    this.#trapNumber = task.trapNumber
    this.#trapFlag = (task.registers[Register.rflags]! & Flag.TF) !== 0n
    task.registers[Register.rflags]! |= Flag.TF
    task.trapNumber = noTrap
  }

  trapped(): boolean {
    this.state = 'executed'
    return true
  }

  superseded(): void {
    this.state = 'superseded'
  }

  finished(task: Task): 'done' {
    const { action, bugs } = this.uprobe.analysis!
    const place = { task, probe: this.uprobe.name, ip: this.address }
    // Of the bugs of a step only that one is left: nothing is taken for something else, and nothing is moved.
    if (bugs.includes('B11') && !this.#trapFlag) recordBug(this.#kernel, 'B11', place)
    const popsFlags = action.kind === 'step' && action.fixUps.trapFlag
    this.#close(task, popsFlags)
    if (this.#trapFlag) this.#ownTrap(this.#kernel, task, this.uprobe.name)
    return 'done'
  }

  aborted(task: Task): void {
    this.#close(task, false)
  }

  released(task: Task): void {
    this.#close(task, false)
  }

  left(task: Task): 'given back' {
    this.#close(task, false)
    return 'given back'
  }

  /** Whether the probe still exists is not asked: that is how a breakpoint comes to stay behind. */
  #close(task: Task, keepsTrapFlag: boolean): void {
    task.trapNumber = this.#trapNumber
    if (!this.#trapFlag && !keepsTrapFlag) task.registers[Register.rflags]! &= ~Flag.TF
    const original = this.uprobe.analysis!.original[0]!
    replace(this.#kernel, task.mm!, this.address, original, Uint8Array.of(breakpoint))
    this.#stop?.releaseAtOnce()
  }
}

/** Writes a byte of the text, where it is the expected one. False where nothing can be written there. */
function replace(
  { machine }: Kernel,
  mm: AddressSpace,
  address: bigint,
  expected: number,
  bytes: Uint8Array,
): boolean {
  const at = Number(address)
  const vma = mm.vmaAt(at)
  if (!vma) return false
  return (
    writeText(machine.memory, vma, at, {
      bytes,
      registering: true,
      expect: current => current[0] === expected,
    }) === 0
  )
}
