// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../../../kernel/kernel.ts'
import type { Slot, SlotOptions } from '../../xol/slot-area.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import { freeSlot, takeFreeSlot, waitForSlot } from '../../xol/slots.ts'

/**
 * `xol: { owner: hit }`: the lowest free slot for the time of one instruction (spec 03 §2). Any number of threads shares a page; where all
 * slots are taken a thread sleeps, and no signal wakes it.
 */
export class OwnedByHit implements SlotSupply {
  readonly #kernel: Kernel
  readonly #options: SlotOptions

  constructor(kernel: Kernel, options: SlotOptions) {
    this.#kernel = kernel
    this.#options = options
  }

  take({ mm }: Task, copy: Uint8Array): Slot | undefined {
    return takeFreeSlot(this.#kernel, mm!, copy)
  }

  wait({ mm }: Task, copy: Uint8Array): KernelPath<Slot | undefined> {
    return waitForSlot(this.#kernel, mm!, copy, this.#options)
  }

  give(slot: Slot): void {
    freeSlot(slot)
  }
}
