// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { errnoName } from '../kernel/errno.ts'
import type { KernelPath } from '../kernel/kernel.ts'
import type { Located, Scenario } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import type { Refusal } from '../tracing/definition.ts'
import { newTraceEvent } from '../tracing/event/trace-event.ts'
import { changeTriggers } from '../tracing/trigger/change-triggers.ts'
import { triggerNames } from '../tracing/trigger/trigger.ts'
import { placeOfRefusal } from './check-filter.ts'
import type { PlannedProbe } from './plan.ts'

/** What the kernel says of the triggers of all probes, in file order: a target must be there, and a second one of a kind is refused (spec 07 §11). */
export function checkTriggers(
  { probes: sources }: Scenario,
  probes: ReadonlyMap<string, PlannedProbe>,
): readonly Diagnostic[] {
  const events = new Map(
    [...probes.values()].map(probe => [nameOf(probe), newTraceEvent(probe.definition, 0)]),
  )
  const diagnostics: Diagnostic[] = []
  for (const probe of probes.values()) {
    const event = events.get(nameOf(probe))!
    for (const trigger of sources.get(probe.name)?.triggers ?? []) {
      let filterRefusal: Refusal | undefined
      const path = changeTriggers(event, trigger.value, {
        findEvent: name => events.get(name),
        *hold() {
          return 0
        },
        *release() {},
        complain: refusal => void (filterRefusal = refusal),
      })
      const result = finish(path)
      if (result < 0)
        diagnostics.push(refused(trigger, errnoName(-result), filterRefusal, [...events.keys()]))
    }
  }
  return diagnostics
}

function finish<T>(path: KernelPath<T>): T {
  const step = path.next()
  if (!step.done) throw new Error('a trigger that holds nothing cannot wait')
  return step.value
}

function nameOf({ definition: { group, event } }: PlannedProbe): string {
  return `${group}/${event}`
}

function refused(
  trigger: Located<string>,
  errno: string,
  filter: Refusal | undefined,
  events: readonly string[],
): Diagnostic {
  const text = trigger.value
  const [name = '', group = '', event = ''] = text.trim().split(/[:\s]/)
  const known = triggerNames.includes(name)
  const missing = known && group !== '' && event !== '' && !events.includes(`${group}/${event}`)
  const targets = /^(en|dis)able_event$/.test(name)
  const start = text.length - text.trimStart().length
  const spot = (from: number, to: number) => spanWithin(trigger, from, to)
  const label = filter
    ? spot(...placeInCondition(text, filter))
    : !known
      ? spot(start, start + Math.max(1, name.length))
      : targets && missing
        ? spot(text.indexOf(group), text.indexOf(event, text.indexOf(group) + group.length) + event.length)
        : trigger.span
  return {
    code: 'R010',
    severity: 'error',
    message: `the kernel would refuse this trigger: ${filter?.message ?? errno}`,
    labels: [{ span: label, text: filter ? errno : 'without a message' }],
    help: [helpFor({ name, known, errno, lacksTarget: targets && (missing || event === ''), events })],
  }
}

/** The filter is the end of the trigger. */
function placeInCondition(text: string, { command = '', caret = 0 }: Refusal): readonly [number, number] {
  const start = text.trimEnd().length - command.length
  const [from, to] = placeOfRefusal(command, caret)
  return [start + from, start + to]
}

function helpFor({
  name,
  known,
  errno,
  lacksTarget,
  events,
}: {
  readonly name: string
  readonly known: boolean
  readonly errno: string
  readonly lacksTarget: boolean
  readonly events: readonly string[]
}): string {
  if (!known) return didYouMean(name, triggerNames) ?? `the triggers are ${triggerNames.join(', ')}`
  if (lacksTarget) return `the events are ${events.map(event => event.replace('/', ':')).join(', ')}`
  if (errno === 'EEXIST') return 'an event has one trigger of a kind, and one for each event that it switches'
  return 'for example   traceoff:1 if a > 2'
}
