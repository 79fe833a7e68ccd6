// SPDX-License-Identifier: MIT
import { seededRandom } from '../schedule/seeded-random.ts'

/** The items in another order, which the seed alone decides (Fisher-Yates). */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  const shuffled = [...items]
  const random = seededRandom(BigInt(seed))
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!]
  }
  return shuffled
}
