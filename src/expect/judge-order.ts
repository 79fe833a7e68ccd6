// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../events/event.ts'
import type { MatchContext } from '../events/match-context.ts'
import { noBindings } from '../events/match-event.ts'
import type { Bindings } from '../events/mismatch.ts'
import type { OrderNode } from '../scenario/scenario.ts'
import {
  type Candidate,
  laterFits,
  nearestCandidates,
  requiredNext,
  subjectDistance,
} from './order/candidates.ts'
import { compileOrder } from './order/compile-order.ts'
import type { OrderLeaf } from './order/grammar.ts'
import { matchOrder, type Taken } from './order/match-order.ts'
import { relaxPattern } from './order/relax-pattern.ts'

export type OrderJudgement =
  | { readonly ok: true; readonly bindings: Bindings; readonly taken: readonly Taken[] }
  | { readonly ok: false; readonly bindings: Bindings; readonly failure: OrderFailure }

/** Why the events are not what `events:` or `contains:` says, with everything that a report needs. */
export type OrderFailure = {
  readonly construct: 'events' | 'contains'
  readonly node: OrderNode
  /** The events that had to be accounted for. */
  readonly events: readonly RecordedEvent[]
  readonly taken: readonly Taken[]
} & (
  | {
      readonly reason: 'unexpected'
      readonly event: RecordedEvent
      /** Nearest first. */
      readonly candidates: readonly Candidate[]
      /** Nodes that the event would fit, were it their turn. */
      readonly later: readonly OrderLeaf[]
      /** The nearest candidate is meant: only fields other than its subject are wrong. */
      readonly wrongFields: boolean
    }
  | { readonly reason: 'ended'; readonly required: readonly OrderLeaf[] }
  | { readonly reason: 'limit' }
)

/** Parses the events in view by an order, or, for `contains`, looks for it among all events. */
export function judgeOrder(
  construct: 'events' | 'contains',
  node: OrderNode,
  events: readonly RecordedEvent[],
  context: MatchContext,
  bindings: Bindings = noBindings,
): OrderJudgement {
  const order = compileOrder(node)
  const match = matchOrder(order, events, context, { gaps: construct === 'contains', bindings })
  if (match.ok) return match
  const { furthest, reason, position } = match
  const [first] = furthest
  if (!first) throw new Error('a parse stands somewhere')
  const common = { construct, node, events, taken: first.taken }
  const event = events[position]
  if (reason === 'limit') return failed({ ...common, reason })
  if (reason === 'ended' || !event) {
    return failed({ ...common, reason: 'ended', required: requiredNext(order, first.progress) })
  }
  const candidates = nearestCandidates(order, furthest, event, context)
  const later = laterFits(order, furthest, event, context)
  return failed({ ...common, reason, event, candidates, later, wrongFields: isMeant(candidates[0], later) })

  /**
   * An event with wrong fields that fits a later node may be that one, and the candidate is missing. It is not where the run goes on
   * as expected once those fields do not matter.
   */
  function isMeant(nearest: Candidate | undefined, later: readonly OrderLeaf[]): boolean {
    if (!nearest || nearest.distance >= subjectDistance) return false
    if (later.length === 0) return true
    const { leaf, wrong } = nearest
    const instead = { leaf, pattern: relaxPattern(leaf.pattern, wrong) }
    const mended = matchOrder(order, events, context, { bindings, instead })
    return mended.ok || (mended.reason === 'unexpected' && mended.position > position + 1)
  }

  function failed(failure: OrderFailure): OrderJudgement {
    return { ok: false, bindings: first!.bindings, failure }
  }
}
