// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { Slot } from './slot-area.ts'

/** Gives tasks slots with copies in them (profile choice `xol.owner`). */
export interface SlotSupply {
  /** A slot that holds the copy; undefined where none can be had at once. */
  take(task: Task, copy: Uint8Array): Slot | undefined
  /** The same where the area has to be made first, or something has to be waited for. Undefined: none can be had. */
  wait(task: Task, copy: Uint8Array): KernelPath<Slot | undefined>
  /** The copy has been executed. */
  give(slot: Slot): void
}
