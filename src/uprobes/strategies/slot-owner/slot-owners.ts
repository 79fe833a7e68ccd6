// SPDX-License-Identifier: MIT
import type { Kernel } from '../../../kernel/kernel.ts'
import type { KernelProfile } from '../../profile.ts'
import type { SlotOptions } from '../../xol/slot-area.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import { OwnedByHit } from './by-hit.ts'
import { OwnedByThread } from './by-thread.ts'

/** Profile choice `xol.owner`. */
export const slotOwners: Readonly<
  Record<KernelProfile['xol']['owner'], (kernel: Kernel, options: SlotOptions) => SlotSupply>
> = {
  hit: (kernel, options) => new OwnedByHit(kernel, options),
  thread: (kernel, options) => new OwnedByThread(kernel, options),
}
