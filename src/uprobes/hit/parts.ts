// SPDX-License-Identifier: MIT
import type { Kernel } from '../../kernel/kernel.ts'
import type { Optimiser } from '../registry/optimiser.ts'
import type { Registry } from '../registry/registry.ts'
import type { SlotOptions } from '../xol/slot-area.ts'
import type { Execute } from './execute.ts'
import type { RateLimit } from './rate-limit.ts'
import type { OwnTrap } from './signals.ts'
import type { Warnings } from './warnings.ts'

/** What the hit path works with; made once at boot. */
export type HitParts = {
  readonly kernel: Kernel
  readonly registry: Registry
  readonly optimiser: Optimiser
  readonly execute: Execute
  readonly slots: SlotOptions
  /** Profile choice `own-trap`. */
  readonly ownTrap: OwnTrap
  /** Of the message about calls that are nested too deeply. */
  readonly nestedness: RateLimit
  readonly warnings: Warnings
}
