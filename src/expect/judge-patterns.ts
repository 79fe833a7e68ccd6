// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { describeEventPattern } from '../events/describe-pattern.ts'
import type { RecordedEvent } from '../events/event.ts'
import { eventOnThread } from '../events/format-event.ts'
import type { MatchContext } from '../events/match-context.ts'
import { matchEvent, noBindings } from '../events/match-event.ts'
import type { Bindings } from '../events/mismatch.ts'
import type { EventPattern } from '../events/pattern.ts'
import type { Expectation, Times } from '../scenario/scenario.ts'

export type Forbidden = {
  readonly pattern: EventPattern
  /** The first that fits. */
  readonly event: RecordedEvent
  readonly diagnostic: Diagnostic
}

/** T003 for each `never` that some event fits, whether its kind is in view or not. */
export function checkNever(
  never: readonly EventPattern[],
  events: readonly RecordedEvent[],
  context: MatchContext,
  bindings: Bindings = noBindings,
): Forbidden[] {
  return never.flatMap(pattern => {
    const [event, ...others] = events.filter(
      candidate => matchEvent(pattern, candidate, bindings, context).ok,
    )
    if (!event) return []
    const message = `event #${event.index} must never happen: ${eventOnThread(event)}`
    const more = others.map(({ index }) => `#${index}`)
    const diagnostic: Diagnostic = {
      code: 'T003',
      severity: 'error',
      message,
      labels: [{ span: pattern.span, text: 'this forbids it' }],
      ...(more.length > 0 ? { notes: [`so did ${shortList(more)}`] } : {}),
    }
    return [{ pattern, event, diagnostic }]
  })
}

/** T004 for each `count` that too many or too few events fit. */
export function checkCounts(
  counts: Expectation['count'],
  events: readonly RecordedEvent[],
  context: MatchContext,
  bindings: Bindings = noBindings,
): Diagnostic[] {
  return counts.flatMap(({ pattern, times, span }): Diagnostic[] => {
    const seen = events.filter(event => matchEvent(pattern, event, bindings, context).ok)
    if (seen.length >= times.min && seen.length <= times.max) return []
    const surplus = seen.length > times.max ? seen[times.max] : undefined
    const last = surplus ? `; the ${ordinal(times.max + 1)} is event #${surplus.index}` : ''
    const message = `${describeEventPattern(pattern)}: seen ${timesText(seen.length)}, want ${describeTimes(times)}${last}`
    return [{ code: 'T004', severity: 'error', message, labels: [{ span }] }]
  })
}

function describeTimes({ min, max }: Times): string {
  if (min === max) return max === 0 ? 'none' : `exactly ${max}`
  if (min === 0) return `at most ${max}`
  return max === Infinity ? `at least ${min}` : `${min} to ${max}`
}

function timesText(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`
}

function ordinal(number: number): string {
  const teens = number % 100 >= 11 && number % 100 <= 13
  return `${number}${(!teens && ['th', 'st', 'nd', 'rd'][number % 10]) || 'th'}`
}

function shortList(words: readonly string[]): string {
  const shown = words.slice(0, 5).join(', ')
  return words.length > 5 ? `${shown} and ${words.length - 5} more` : shown
}
