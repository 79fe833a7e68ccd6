// SPDX-License-Identifier: MIT
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Execute } from '../../hit/execute.ts'
import type { OwnTrap } from '../../hit/signals.ts'
import type { KernelProfile } from '../../profile.ts'
import type { SlotSupply } from '../../xol/slot-supply.ts'
import { Boosted } from './boosted.ts'
import { InPlace } from './in-place.ts'
import { InSoftware } from './in-software.ts'
import { OutOfLine } from './out-of-line.ts'

export type ExecuteParts = {
  readonly kernel: Kernel
  readonly supply: SlotSupply
  /** Profile choice `signals-while-stepping`. */
  readonly signals: KernelProfile['signals-while-stepping']
  /** Profile choice `own-trap`. */
  readonly ownTrap: OwnTrap
  /** Profile choice `insert`. */
  readonly insert: KernelProfile['insert']
}

/** Profile choice `execute`. */
export const executes: Readonly<Record<KernelProfile['execute'], (parts: ExecuteParts) => Execute>> = {
  xol: parts => new OutOfLine(parts),
  /**
   * The copy lies in a page of the kernel's, so that the program gets no mapping. On x86-64 the rings 0 to 2 are all supervisor to the page
   * tables, and nobody else may execute such a page: every step at ring 3 is a page fault for an instruction fetch, and the program gets
   * SIGSEGV. At ring 1 the copy would run, and a wild pointer in it would write the kernel: that is not built (spec 09 §3).
   */
  rings: parts => new OutOfLine(parts),
  inline: parts => new InPlace(parts),
  emulate: parts => new InSoftware(parts),
  boost: parts => new Boosted(parts),
}
