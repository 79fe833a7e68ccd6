// SPDX-License-Identifier: MIT

import type { ValuePattern } from '../events/pattern.ts'
import { memoryLength } from '../expect/memory-value.ts'
import type { Plan } from '../plan/plan.ts'
import type { StateCheck } from '../scenario/scenario.ts'
import { expectedPatterns } from './expected-patterns.ts'

/** Everything that the state checks of a plan ask for: what must be remembered of a process that ends. */
export type StateKeys = {
  readonly memory: readonly (readonly [place: string, length: number])[]
  readonly text: readonly string[]
  readonly pages: readonly string[]
  readonly regions: readonly string[]
}

export function stateKeys(plan: Plan): StateKeys {
  const { expect, schedule, actions } = plan
  const checks: StateCheck[] = [expect.final, expect.always, expect.sometimes].filter(
    check => check !== undefined,
  )
  for (const turn of [...(schedule.kind === 'turns' ? schedule.turns : []), ...actions])
    if (turn.kind === 'check') checks.push(turn.state)
  return {
    memory: checks.flatMap(check =>
      [...check.mem].map(([place, { type, value }]) => [place, memoryLength(type, value)] as const),
    ),
    text: checks.flatMap(check => [...check.text.keys()]),
    pages: checks.flatMap(check => [...check.pages.keys()]),
    regions: [
      ...new Set([
        ...checks.flatMap(regionsOfCheck),
        ...expectedPatterns(plan).flatMap(pattern => Object.values(pattern.fields).flatMap(regionsOf)),
      ]),
    ],
  }
}

function regionsOfCheck(check: StateCheck): string[] {
  return [...check.threads.values()].flatMap(thread =>
    [thread.ip, ...thread.regs.values()].flatMap(pattern => (pattern ? regionsOf(pattern) : [])),
  )
}

function regionsOf(pattern: ValuePattern): string[] {
  switch (pattern.kind) {
    case 'within':
      return [pattern.region]
    case 'in':
      return pattern.options.flatMap(regionsOf)
    case 'not':
      return regionsOf(pattern.pattern)
    case 'list':
      return pattern.items.flatMap(regionsOf)
    case 'map':
      return Object.values(pattern.entries).flatMap(regionsOf)
    default:
      return []
  }
}
