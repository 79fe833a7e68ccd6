// SPDX-License-Identifier: MIT
import { basename, extname, join } from 'node:path'
import type { RecordedEvent } from '../../events/event.ts'
import { formatEvent } from '../../events/format-event.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Scenario } from '../../scenario/scenario.ts'

/** The golden of a variant, beside its scenario: `golden.trace`, or `golden.consumers=1.trace`. Undefined where it has none. */
export function goldenPath(scenario: Scenario): string | undefined {
  if (!scenario.expect.golden) return undefined
  const axes = goldenAxes(scenario).map(([axis, name]) => `${axis}=${name}`)
  const stem = axes.length > 0 ? `${baseName(scenario)}.${axes.join(',')}` : baseName(scenario)
  return join(scenario.folder, `${stem}.trace`)
}

/**
 * The text of a golden (scenario format §6.5): a first line that says whose it is, one event in view a line, LF, a trailing newline.
 * Where several probes share a place, the first of the file stands for all of them.
 */
export function goldenText(plan: Plan, events: readonly RecordedEvent[]): string {
  const { scenario, expect } = plan
  const first = firstProbes(plan)
  const lines = events.map(event => formatEvent(withFirstProbe(event, first), expect.golden?.fields))
  return `${[goldenHeader(scenario), ...lines].join('\n')}\n`
}

/** `# golden, consumers=1`. It names only what the file is shared by. */
export function goldenHeader(scenario: Scenario): string {
  return ['#', [baseName(scenario), ...goldenAxes(scenario).map(axis => axis.join('='))].join(', ')].join(' ')
}

/** The axes that tell this golden from others: those of `per`, or all. */
function goldenAxes({ expect, variant }: Scenario): Scenario['variant'] {
  const per = expect.golden?.per
  return per ? variant.filter(([axis]) => per.includes(axis)) : variant
}

function baseName({ file }: Scenario): string {
  return basename(file.path, extname(file.path))
}

const placeKinds: ReadonlySet<string> = new Set([
  'trap',
  'step',
  'stepped',
  'boosted',
  'emulating',
  'emulated',
])

function firstProbes(plan: Plan): ReadonlyMap<string, string> {
  const byPlace = new Map<string, string>()
  const first = new Map<string, string>()
  for (const [name, { binary, definition }] of plan.probes) {
    const place = `${binary}@${definition.offset}`
    if (!byPlace.has(place)) byPlace.set(place, name)
    first.set(name, byPlace.get(place)!)
  }
  return first
}

function withFirstProbe(event: RecordedEvent, first: ReadonlyMap<string, string>): RecordedEvent {
  const { probe } = event.fields
  if (!placeKinds.has(event.kind) || typeof probe !== 'string') return event
  return { ...event, fields: { ...event.fields, probe: first.get(probe) ?? probe } }
}
