// SPDX-License-Identifier: MIT
import type { Scheduler } from './scheduler.ts'
import { seededRandom } from './seeded-random.ts'

/** Before every step, with probability `switchProbability`, draws one of the runnable tasks, each as likely, the running one included. */
export function randomWalk(seed: bigint, switchProbability: number): Scheduler {
  let random = seededRandom(seed)
  return {
    begin() {
      random = seededRandom(seed)
    },
    next(runnable) {
      const task = runnable[Math.floor(random() * runnable.length)]!
      return { task, steps: stepsUntilSwitch(random, switchProbability) }
    },
    random: () => random(),
  }
}

/** Geometric: how many steps pass before the next switch, drawn at once instead of a coin for each step. */
function stepsUntilSwitch(random: () => number, probability: number): number {
  if (probability >= 1) return 1
  if (probability <= 0) return Number.POSITIVE_INFINITY
  return 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - probability))
}
