// SPDX-License-Identifier: MIT
import type { TraceEvent } from '../event/trace-event.ts'
import { type FilterSubject, matchFilter } from '../filter/match-filter.ts'
import { actsAfterwards, type Trigger } from './trigger.ts'

/** What triggers switch besides events. */
export type TracingSwitch = { on: boolean }

/** Triggers that must see a record: one with a filter, or one that acts after it. Then all of the event wait for the record. */
export function needRecord({ triggers }: TraceEvent): boolean {
  return triggers.some(({ name, filter }) => filter !== undefined || actsAfterwards(name))
}

/** Runs what acts before the record is written, and returns what has to act afterwards. Without a record all act at once. */
export function runTriggers(
  { triggers }: TraceEvent,
  tracing: TracingSwitch,
  subject?: FilterSubject,
): readonly Trigger<TraceEvent>[] {
  const later: Trigger<TraceEvent>[] = []
  for (const trigger of triggers) {
    if (subject && trigger.filter && !matchFilter(trigger.filter.filter, subject)) continue
    if (subject && actsAfterwards(trigger.name)) later.push(trigger)
    else act(trigger, tracing)
  }
  return later
}

/**
 * The action, and whether a stack is wanted now. A count goes down only where the action changes something (spec 07 §11); a stack counts
 * also when tracing is off and it is not written.
 */
export function act(trigger: Trigger<TraceEvent>, tracing: TracingSwitch): boolean {
  const { name, target } = trigger
  switch (name) {
    case 'traceon':
    case 'traceoff': {
      const wanted = name === 'traceon'
      if (tracing.on !== wanted && spend(trigger)) tracing.on = wanted
      return false
    }
    case 'enable_event':
    case 'disable_event': {
      const wanted = name === 'disable_event'
      if (target!.softDisabled !== wanted && spend(trigger)) target!.softDisabled = wanted
      return false
    }
    case 'stacktrace':
      return spend(trigger) && tracing.on
  }
}

function spend(trigger: Trigger<TraceEvent>): boolean {
  if (trigger.count === 0n) return false
  if (trigger.count !== -1n) trigger.count--
  return true
}
