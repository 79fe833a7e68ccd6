// SPDX-License-Identifier: MIT
import type { Scheduler } from './scheduler.ts'
import { seededRandom } from './seeded-random.ts'

/**
 * Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010): tasks get random priorities, the highest runnable one runs,
 * and at `depth - 1` random steps out of `length` the running task falls below all others. Finds a bug of that depth with
 * probability of at least 1 / (tasks · length^(depth-1)).
 */
export function priorityChange(seed: bigint, depth: number, length: number): Scheduler {
  let random = seededRandom(seed)
  let priorities = new Map<string, number>()
  let changes: number[] = []
  let lowest = 0
  let taken = 0
  return {
    begin() {
      random = seededRandom(seed)
      priorities = new Map()
      lowest = 0
      taken = 0
      changes = Array.from({ length: depth - 1 }, () => Math.floor(random() * length)).sort((a, b) => a - b)
    },
    next(runnable, current) {
      for (const task of runnable) if (!priorities.has(task)) priorities.set(task, 1 + random())
      while (changes.length > 0 && taken >= changes[0]!) {
        changes.shift()
        if (current !== undefined) priorities.set(current, --lowest)
      }
      const task = runnable.reduce((best, other) =>
        priorities.get(other)! > priorities.get(best)! ? other : best,
      )
      taken++
      return { task, steps: 1 }
    },
    random: () => random(),
  }
}
