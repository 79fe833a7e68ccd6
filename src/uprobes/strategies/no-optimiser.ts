// SPDX-License-Identifier: MIT
import type { Optimiser } from '../registry/optimiser.ts'

/** Profile choice `optimize: none`: a breakpoint stays one. */
export const noOptimiser: Optimiser = {
  isOptimised: () => false,
  *considerAfterHit() {},
  restore: () => 0,
  leftovers: () => [],
}
