// SPDX-License-Identifier: MIT
import type { EventPattern, ValuePattern } from '../events/pattern.ts'
import type { Plan } from '../plan/plan.ts'
import type { MemoryType, OrderNode, StateCheck } from '../scenario/scenario.ts'

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
      [...check.mem].map(([place, { type, value }]) => [place, byteLength(type, value)] as const),
    ),
    text: checks.flatMap(check => [...check.text.keys()]),
    pages: checks.flatMap(check => [...check.pages.keys()]),
    regions: [...new Set([...checks.flatMap(regionsOfCheck), ...regionsOfExpectation(plan)])],
  }
}

/** How many bytes a memory check compares; strings are read up to this many. */
export function byteLength(type: MemoryType, value: ValuePattern): number {
  switch (type) {
    case 'bytes':
      return value.kind === 'equal' && typeof value.value === 'string'
        ? value.value.replace(/\s+/g, '').length / 2
        : 16
    case 'string':
      return 256
    default:
      return Number(type.slice(1)) / 8
  }
}

function regionsOfCheck(check: StateCheck): string[] {
  return [...check.threads.values()].flatMap(thread =>
    [thread.ip, ...thread.regs.values()].flatMap(pattern => (pattern ? regionsOf(pattern) : [])),
  )
}

function regionsOfExpectation({ expect }: Plan): string[] {
  const patterns: EventPattern[] = [...expect.never, ...expect.count.map(count => count.pattern)]
  const visit = (node: OrderNode | undefined): void => {
    if (!node) return
    if (node.kind === 'event') patterns.push(node.pattern)
    else if (node.kind === 'interleave') for (const lane of node.lanes.values()) visit(lane)
    else for (const item of node.items) visit(item)
  }
  visit(expect.events)
  visit(expect.contains)
  return patterns.flatMap(pattern => Object.values(pattern.fields).flatMap(regionsOf))
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
