// SPDX-License-Identifier: MIT
import type { Event, RecordedEvent } from './event.ts'
import type { MatchContext } from './match-context.ts'
import { type Attempt, matchEntries, matchValue } from './match-value.ts'
import type { Bindings, Mismatch } from './mismatch.ts'
import type { EventPattern, ValuePattern } from './pattern.ts'

export type EventMatch =
  | { readonly ok: true; readonly bindings: Bindings }
  /** `why` is the first thing wrong; `all` is everything, and its length says how far off the event is. */
  | { readonly ok: false; readonly why: Mismatch; readonly all: readonly Mismatch[] }

export const noBindings: Bindings = new Map()

/** Whether an event is what a pattern says, under the variables bound so far; returns those bound afterwards. */
export function matchEvent(
  pattern: EventPattern,
  event: Event | RecordedEvent,
  bindings: Bindings,
  context: MatchContext,
): EventMatch {
  if (event.kind !== pattern.kind) return kindMismatch(pattern, event)
  const attempt: Attempt = {
    bindings,
    context,
    wrong: [],
    mayBind: true,
    ...('index' in event ? { event: event.index } : {}),
  }
  if (pattern.thread) matchValue(pattern.thread, event.thread, 'thread', attempt)
  matchEntries(sharedPlace(pattern, event, context), event.fields, '', attempt)
  const [why] = attempt.wrong
  return why ? { ok: false, why, all: attempt.wrong } : { ok: true, bindings: attempt.bindings }
}

function kindMismatch(pattern: EventPattern, event: Event): EventMatch {
  const why: Mismatch = { field: 'kind', reason: 'kind', span: pattern.keySpan, got: event.kind }
  return { ok: false, why, all: [why] }
}

const placeKinds: ReadonlySet<string> = new Set([
  'trap',
  'step',
  'stepped',
  'boosted',
  'emulating',
  'emulated',
])

/** Where several probes share a place, these events carry the name of one and match every one of them (scenario format §6). */
function sharedPlace(
  pattern: EventPattern,
  event: Event,
  context: MatchContext,
): Readonly<Record<string, ValuePattern>> {
  const { probe } = pattern.fields
  if (!placeKinds.has(event.kind) || probe?.kind !== 'equal' || typeof probe.value !== 'string') {
    return pattern.fields
  }
  const named = event.fields['probe']
  if (typeof named !== 'string' || !context.samePlace(probe.value, named)) return pattern.fields
  return { ...pattern.fields, probe: { kind: 'any', span: probe.span } }
}
