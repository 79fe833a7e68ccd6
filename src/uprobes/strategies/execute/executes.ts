// SPDX-License-Identifier: MIT
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Execute } from '../../hit/execute.ts'
import type { KernelProfile } from '../../profile.ts'
import type { SlotOptions } from '../../xol/slot-area.ts'
import { OutOfLine } from './out-of-line.ts'

/** Profile choice `execute`. */
export const executes: Readonly<
  Partial<Record<KernelProfile['execute'], (kernel: Kernel, slots: SlotOptions) => Execute>>
> = {
  xol: (kernel, slots) => new OutOfLine(kernel, slots),
}
