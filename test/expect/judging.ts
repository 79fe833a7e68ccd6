// SPDX-License-Identifier: MIT

import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { positionAt } from '../../src/diagnostics/source-file.ts'
import type { Event, RecordedEvent } from '../../src/events/event.ts'
import type { EventKind } from '../../src/events/event-kinds.ts'
import { describeKind } from '../../src/events/event-kinds.ts'
import type { Value } from '../../src/events/value.ts'
import type { Run } from '../../src/expect/run.ts'
import type { Plan, PlannedProbe } from '../../src/plan/plan.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'
import { profiles } from '../../src/uprobes/profile.ts'
import { machineState } from './machine-state.ts'

/** The variants of a scenario text, as the real reader makes them. */
export async function scenariosOf(text: string, path = 'race.yaml'): Promise<readonly Scenario[]> {
  const loaded = await loadScenarios(path, { cwd: '/scenarios', readFile: async () => text })
  if (loaded.scenarios.length === 0)
    throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'))
  return loaded.scenarios
}

/** A plan as far as judging looks at it; offsets of probes are made up, equal for equal places. */
export function planOf(scenario: Scenario): Plan {
  return {
    scenario,
    profile: profiles['linux-6.18'],
    images: new Map(),
    processes: [],
    probes: new Map(
      [...scenario.probes].map(([name, { define, span }]) => [name, plannedProbe(name, define.value, span)]),
    ),
    schedule: scenario.schedule,
    actions: scenario.actions,
    expect: scenario.expect,
    libraries: [],
    address: () => undefined,
    file: () => undefined,
  }
}

function plannedProbe(name: string, define: string, span: PlannedProbe['span']): PlannedProbe {
  const [, kind, binary, symbol, rest] = /^([pr])\S* (\w+):(\w+)\s*(.*)$/.exec(define)!
  const fetches = rest!.split(' ').filter(word => word !== '')
  return {
    name,
    span,
    binary: binary!,
    definition: {
      kind: kind === 'p' ? 'entry' : 'return',
      group: 'uprobes',
      event: name,
      path: `/${binary}`,
      offset: BigInt([...symbol!].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 0)),
      referenceCounter: 0n,
      arguments: fetches.map(word => ({
        name: word.split('=')[0]!,
        text: word.split('=')[1]!,
        fetch: { kind: 'register', name: 'rdi' },
        type: { name: 's32', base: 'signed', size: 4 },
      })),
    },
    attach: 'start',
    consumers: 1,
    handler: [],
  }
}

export async function onePlan(text: string, path?: string): Promise<Plan> {
  return planOf((await scenariosOf(text, path))[0]!)
}

/** `event('A', 'hit', 'add_in', { args: { n: 2n } })` */
export function event(thread: string, kind: EventKind, subject: Value, fields: Event['fields'] = {}): Event {
  return { kind, thread, fields: { [describeKind(kind).subject]: subject, ...fields } }
}

export function runOf(events: readonly Event[], rest: Partial<Run> = {}): Run {
  return {
    events: events.map((recorded, at): RecordedEvent => ({ ...recorded, index: at + 1, step: at })),
    output: '',
    errors: '',
    final: machineState(),
    diagnostics: [],
    steps: events.length,
    tasks: [],
    ...rest,
  }
}

/** `T002 8:14 "3" got 4`: code, place and text of the primary label. */
export function briefly({ code, labels }: Diagnostic): string {
  const [{ span, text }] = labels as [Diagnostic['labels'][number]]
  const { line, column } = positionAt(span.file, span.start)
  const marked = span.file.text.slice(span.start, span.end).trim().split('\n')[0]
  return [code, `${line}:${column}`, JSON.stringify(marked), ...(text === undefined ? [] : [text])].join(' ')
}
