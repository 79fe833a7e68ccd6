// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'
import { describeKind } from '../../events/event-kinds.ts'
import type { MatchContext } from '../../events/match-context.ts'
import { matchEvent } from '../../events/match-event.ts'
import { type Attempt, matchValue } from '../../events/match-value.ts'
import type { Bindings, Mismatch } from '../../events/mismatch.ts'
import type { Order, OrderLeaf, OrderPart } from './grammar.ts'
import type { Stand } from './match-order.ts'
import { mayStillTake, type Progress, readySteps } from './progress.ts'

/** An event that could have come next, and why what came is not it. */
export type Candidate = {
  readonly leaf: OrderLeaf
  readonly bindings: Bindings
  readonly wrong: readonly Mismatch[]
  /** How far off: below `subjectDistance` only fields other than the subject are wrong. */
  readonly distance: number
}

export const subjectDistance = 30

/**
 * What could have come instead of an event where parses stopped, nearest first. Where the event fits a later node exactly, what that
 * node waits for is nearer than anything else.
 */
export function nearestCandidates(
  order: Order,
  stands: readonly Stand[],
  event: RecordedEvent,
  context: MatchContext,
): Candidate[] {
  const later = laterFits(order, stands, event, context)
  const waited = ({ leaf }: Candidate): number => (later.some(fit => precedes(leaf, fit)) ? 0 : 1)
  const best = new Map<OrderLeaf, Candidate>()
  for (const { progress, bindings } of stands) {
    for (const { leaf } of readySteps(order, progress)) {
      const candidate = compare(leaf, event, bindings, context)
      const known = best.get(leaf)
      if (!known || candidate.distance < known.distance) best.set(leaf, candidate)
    }
  }
  return [...best.values()].sort(
    (a, b) => waited(a) - waited(b) || a.distance - b.distance || a.leaf.id - b.leaf.id,
  )
}

/** Events that are expected, though not at this point, and that this one would fit exactly. */
export function laterFits(
  order: Order,
  stands: readonly Stand[],
  event: RecordedEvent,
  context: MatchContext,
): OrderLeaf[] {
  const fits = stands.flatMap(({ progress, bindings }) =>
    leavesOf(order).filter(
      leaf => mayStillTake(leaf, progress) && matchEvent(leaf.pattern, event, bindings, context).ok,
    ),
  )
  return [...new Set(fits)].sort((a, b) => a.id - b.id)
}

/** The ready events that a run cannot do without, in file order. */
export function requiredNext(order: Order, progress: Progress): OrderLeaf[] {
  const ready = readySteps(order, progress).map(({ leaf }) => leaf)
  const required = ready.filter(leaf => {
    if (progress[3 * leaf.id]! >= leaf.min) return false
    for (let part = leaf.parent; part; part = part.parent) {
      if (part.optional && progress[3 * part.id + 2] !== 1) return false
    }
    return true
  })
  return required.length > 0 ? required : ready
}

function leavesOf(order: Order): OrderLeaf[] {
  return order.parts.filter(part => part.kind === 'event')
}

/** Whether a list or an edge puts one event before another. */
function precedes(first: OrderLeaf, then: OrderLeaf): boolean {
  if (first === then) return false
  const above = [...chain(then)]
  const [scope, child] = [...chain(first)]
    .map((part, at, parts) => [part, parts[at - 1]] as const)
    .find(([part]) => above.includes(part))!
  const other = above[above.indexOf(scope) - 1]
  if (scope.kind === 'sequence' && child && other && child.id < other.id) return true
  return above.some(part => part.after.some(edge => [...chain(first)].includes(edge.first)))
}

/** A part and all that contain it, from the inside out. */
function* chain(part: OrderPart): Generator<OrderPart> {
  for (let at: OrderPart | undefined = part; at; at = at.parent) yield at
}

function compare(
  leaf: OrderLeaf,
  event: RecordedEvent,
  bindings: Bindings,
  context: MatchContext,
): Candidate {
  const match = matchEvent(leaf.pattern, event, bindings, context)
  const wrong = match.ok ? [] : [...match.all]
  // A pattern of another kind compares nothing else; whose thread it is still tells near from far.
  if (leaf.pattern.thread && wrong.some(({ reason }) => reason === 'kind')) {
    const attempt: Attempt = { bindings, context, wrong: [], mayBind: true }
    matchValue(leaf.pattern.thread, event.thread, 'thread', attempt)
    wrong.push(...attempt.wrong)
  }
  const { subject } = describeKind(leaf.pattern.kind)
  const distance = wrong.map(mismatch => weight(mismatch, subject)).reduce((a, b) => a + b, 0)
  return { leaf, bindings, wrong, distance }
}

function weight({ field, reason }: Mismatch, subject: string): number {
  if (field === 'thread') return 60
  if (reason === 'kind') return 50
  return field === subject ? subjectDistance : 1
}
