// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import { needState } from '../../hit/task-state.ts'
import { makeNeededArea, type Slot, type SlotOptions, slotAreaOf } from '../../xol/slot-area.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import { fillSlot, takeFreeSlot } from '../../xol/slots.ts'

/**
 * `xol: { owner: thread }` (spec 08 §6): a thread keeps the slot of its first hit until it exits or calls exec. Nobody else's copy ever
 * comes into it, and no hit waits. It fails when there are more threads than slots: the next one's hits cannot be stepped, so the trap is
 * taken again and again, each time with its handlers, until another thread is gone.
 */
export class OwnedByThread implements SlotSupply {
  readonly #kernel: Kernel
  readonly #options: SlotOptions

  constructor(kernel: Kernel, options: SlotOptions) {
    this.#kernel = kernel
    this.#options = options
  }

  take(task: Task, copy: Uint8Array): Slot | undefined {
    const area = slotAreaOf(task.mm!)
    const { slot } = needState(task)
    if (!area || !slot) return undefined
    fillSlot(this.#kernel, area, slot, copy)
    return slot
  }

  /** Nobody is waited for: the area is made, and a first slot taken. */
  *wait(task: Task, copy: Uint8Array): KernelPath<Slot | undefined> {
    const mm = task.mm!
    const kernel = this.#kernel
    if (!slotAreaOf(mm) && !(yield* makeNeededArea(kernel, mm, this.#options))) {
      kernel.log(`uprobes_xol failed to allocate a vma for pid/tgid ${task.id}/${task.processId} for xol`)
      return undefined
    }
    const state = needState(task)
    state.slot = takeFreeSlot(kernel, mm, copy)
    if (!state.slot && !state.toldNoSlot) {
      state.toldNoSlot = true
      kernel.log(`xol: no slot for pid/tgid ${task.id}/${task.processId}`)
    }
    return state.slot
  }

  give(): void {}
}
