// SPDX-License-Identifier: MIT
import { memoryLength } from '../expect/memory-value.ts'
import type { Plan } from '../plan/plan.ts'
import { expectedPatterns, patternsOfEvent, patternsOfState, stateChecks } from '../scenario/all-patterns.ts'

/** Everything that the state checks of a plan ask for: what must be remembered of a process that ends. */
export type StateKeys = {
  readonly memory: readonly (readonly [place: string, length: number])[]
  readonly text: readonly string[]
  readonly pages: readonly string[]
  readonly regions: readonly string[]
}

export function stateKeys(plan: Plan): StateKeys {
  const checks = stateChecks(plan)
  const patterns = [...checks.flatMap(patternsOfState), ...expectedPatterns(plan).flatMap(patternsOfEvent)]
  const regions = patterns.flatMap(pattern => (pattern.kind === 'within' ? [pattern.region] : []))
  return {
    memory: checks.flatMap(check =>
      [...check.mem].map(([place, { type, value }]) => [place, memoryLength(type, value)] as const),
    ),
    text: checks.flatMap(check => [...check.text.keys()]),
    pages: checks.flatMap(check => [...check.pages.keys()]),
    regions: [...new Set(regions)],
  }
}
