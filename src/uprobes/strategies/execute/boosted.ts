// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import { Register } from '../../../machine/machine.ts'
import type { Execute } from '../../hit/execute.ts'
import { recordHitEvent } from '../../hit/record-hit-event.ts'
import type { Uprobe } from '../../registry/uprobe.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import type { ExecuteParts } from './executes.ts'
import { withJumpBack } from './jump-back.ts'
import { OutOfLine } from './out-of-line.ts'

/**
 * `execute: boost` (spec 09 §4): the copy is followed by a jump back behind the probe, so that the thread finds its way without a single-step:
 * one trap a hit. Needs instructions that mean the same anywhere and leave nothing to be put right; others are stepped. It fails because
 * nobody says when the thread has left the slot. Waiting for that is not done here, so the slot is free at once: a thread that is
 * preempted in it executes what the next hit has put there. A signal shows an address in the slot, and so does a fault.
 */
export class Boosted implements Execute {
  readonly #kernel: Kernel
  readonly #supply: SlotSupply
  readonly #stepped: OutOfLine

  constructor(parts: ExecuteParts) {
    this.#kernel = parts.kernel
    this.#supply = parts.supply
    this.#stepped = new OutOfLine(parts)
  }

  begin(task: Task, uprobe: Uprobe, address: bigint): boolean | KernelPath<boolean> {
    if (!uprobe.analysis!.boostable) return this.#stepped.begin(task, uprobe, address)
    return this.#beginBoosted(task, uprobe, address)
  }

  *#beginBoosted(task: Task, uprobe: Uprobe, address: bigint): KernelPath<boolean> {
    const { original, length } = uprobe.analysis!
    const code = withJumpBack(original.subarray(0, length), address + BigInt(length))
    const slot = this.#supply.take(task, code) ?? (yield* this.#supply.wait(task, code))
    if (!slot) return false
    this.#supply.give(slot)
    task.registers[Register.rip] = slot.address
    task.restarting = true
    const told = recordHitEvent(this.#kernel, 'boosted', task, uprobe, slot.address, slot)
    if (told) yield* told
    return true
  }
}
