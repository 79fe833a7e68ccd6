// SPDX-License-Identifier: MIT
import type { Scheduler } from './scheduler.ts'
import { seededRandom } from './seeded-random.ts'

/** Every live task in turn, `quantum` steps each. Rounds follow the order of creation; a task made in a round is first asked in the next one. */
export function roundRobin(quantum: number): Scheduler {
  let round: string[] = []
  let random = seededRandom(0n)
  return {
    begin() {
      round = []
      random = seededRandom(0n)
    },
    next(runnable) {
      let task: string | undefined
      while (task === undefined) {
        if (round.length === 0) round = [...runnable]
        const candidate = round.shift()!
        if (runnable.includes(candidate)) task = candidate
      }
      return { task, steps: quantum }
    },
    random: () => random(),
  }
}
