// SPDX-License-Identifier: MIT
import { createMatchContext, type MatchContext } from '../events/match-context.ts'
import type { Plan } from '../plan/plan.ts'
import type { MachineState } from './state.ts'

/** What patterns of a plan are matched in: its probes that share a place, and the regions of the machine. */
export function planContext(plan: Plan, state: Pick<MachineState, 'region'>): MatchContext {
  const places = new Map<string, string>()
  for (const [name, { binary, definition }] of plan.probes) places.set(name, `${binary}@${definition.offset}`)
  return createMatchContext({
    region: name => state.region(name),
    samePlace: (probe, other) => places.has(probe) && places.get(probe) === places.get(other),
  })
}
