// SPDX-License-Identifier: MIT
import { type OwnTrap, raiseOwnTrap } from '../hit/signals.ts'
import type { KernelProfile } from '../profile.ts'

/** Profile choice `own-trap`. */
export const ownTraps: Readonly<Record<KernelProfile['own-trap'], OwnTrap>> = {
  raised: raiseOwnTrap,
  /** The trap is the probe's, and nobody else hears of it: who single-steps over a probe loses one stop (spec 08 §8). */
  swallowed: () => {},
}
