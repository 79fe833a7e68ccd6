// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { compareDefinitions } from '../tracing/definition/compare-definitions.ts'
import { messages } from '../tracing/definition/messages.ts'
import type { PlannedProbe } from './plan.ts'

/** Definitions that the kernel refuses only because of those before: a second one of an event must fit the first (spec 07 §4). */
export function checkSiblings(
  { probes: sources }: Scenario,
  probes: ReadonlyMap<string, PlannedProbe>,
): readonly Diagnostic[] {
  const events = new Map<string, PlannedProbe[]>()
  const counters = new Map<string, PlannedProbe>()
  const diagnostics: Diagnostic[] = []
  for (const probe of probes.values()) {
    const { group, event, path, offset, referenceCounter } = probe.definition
    const expected = sources.get(probe.name)?.refused !== undefined
    const others = events.get(`${group}/${event}`) ?? []
    const first = counters.get(`${path}:${offset}`)
    const counterDiffers = first && first.definition.referenceCounter !== referenceCounter
    const refused = others.length > 0 ? compareDefinitions(others.map(bound), bound(probe)) : undefined
    if (!expected && counterDiffers) {
      const message =
        'the kernel would refuse this probe: EINVAL, as its reference counter is not that of the other probe there'
      diagnostics.push(sibling(probe, first, message))
    } else if (!expected && refused) {
      const words = refused.fault.message ? messages[refused.fault.message] : refused.fault.errno
      diagnostics.push(sibling(probe, others[0]!, `the kernel would refuse this probe: ${words}`))
    }
    events.set(`${group}/${event}`, [...others, probe])
    counters.set(`${path}:${offset}`, first ?? probe)
  }
  return diagnostics
}

function bound({ definition }: PlannedProbe) {
  return { definition, inode: definition.path }
}

function sibling(probe: PlannedProbe, first: PlannedProbe, message: string): Diagnostic {
  const { group, event } = probe.definition
  const sameEvent = group === first.definition.group && event === first.definition.event
  return {
    code: 'R010',
    severity: 'error',
    message,
    labels: [
      { span: probe.span, text: sameEvent ? `this is \`${group}/${event}\` again` : 'here' },
      { span: first.span, text: 'the first one is here' },
    ],
  }
}
