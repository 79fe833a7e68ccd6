// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'
import type { MatchContext } from '../../events/match-context.ts'
import { matchEvent, noBindings } from '../../events/match-event.ts'
import type { Bindings } from '../../events/mismatch.ts'
import type { EventPattern } from '../../events/pattern.ts'
import { bindingsKey } from './bindings-key.ts'
import type { Order, OrderLeaf } from './grammar.ts'
import { isComplete, newProgress, type Progress, progressKey, readySteps } from './progress.ts'

export type Taken = { readonly leaf: OrderLeaf; readonly event: RecordedEvent }

export type OrderMatch =
  | { readonly ok: true; readonly taken: readonly Taken[]; readonly bindings: Bindings }
  | {
      readonly ok: false
      /** `limit`: the search was given up after `searchLimit` states. */
      readonly reason: 'unexpected' | 'ended' | 'limit'
      /** How many events could be accounted for; the next one, where there is one, could not. */
      readonly position: number
      /** The parses that came this far; never empty. */
      readonly furthest: readonly Stand[]
    }

/** Where a parse stands. */
export type Stand = {
  readonly progress: Progress
  readonly bindings: Bindings
  readonly taken: readonly Taken[]
}

export type MatchOptions = {
  readonly gaps?: boolean
  readonly bindings?: Bindings
  readonly limit?: number
  /** Another pattern for one event: what if that were written? */
  readonly instead?: { readonly leaf: OrderLeaf; readonly pattern: EventPattern }
}

/** States that a search may visit beyond one for each event. */
export const searchLimit = 100_000
const keptStands = 64

/**
 * Parses a run (scenario format §6.1): every event is taken by a ready node that fits under the bindings so far. Where several could
 * take it, all are tried, each state once. With `gaps`, events that nobody takes may lie between.
 */
export function matchOrder(
  order: Order,
  events: readonly RecordedEvent[],
  context: MatchContext,
  options: MatchOptions = {},
): OrderMatch {
  const { gaps = false, limit = searchLimit, instead } = options
  const isLong = events.length >= 0xffff
  const start: State = {
    index: 0,
    size: 0,
    progress: newProgress(order),
    bindings: options.bindings ?? noBindings,
    taken: undefined,
  }
  const stack: State[] = [start]
  const seen = new Set<string>()
  const fits = new Map<number, boolean>()
  let best = -1
  let furthest: State[] = []
  let visits = 0

  while (stack.length > 0) {
    const state = stack.pop()!
    // Alone on the stack, it is the only future: what was seen before lies behind it.
    if (stack.length === 0) {
      seen.clear()
      fits.clear()
    } else if (isSeen(state)) continue
    if (isComplete(order, state.progress) && (gaps || state.index === events.length)) {
      return { ok: true, taken: takenBy(state), bindings: state.bindings }
    }
    note(state)
    if (++visits > limit + events.length) return failure('limit')
    const event = events[state.index]
    if (event) stack.push(...successors(state, event))
  }
  return failure(gaps || best === events.length ? 'ended' : 'unexpected')

  /** Most promising last: an event is rather taken than passed over, and by the first node in the file. */
  function successors(state: State, event: RecordedEvent): State[] {
    const next: State[] = []
    for (const step of readySteps(order, state.progress)) {
      const bindings = bindingsAfter(step.leaf, event, state)
      if (!bindings) continue
      next.push({
        index: state.index + 1,
        size: state.size + 1,
        progress: step.after(),
        bindings,
        taken: { leaf: step.leaf, event, before: state.taken },
      })
    }
    if (gaps && !(order.plain && next.length > 0)) next.push({ ...state, index: state.index + 1 })
    return next.reverse()
  }

  /** Undefined where the event does not fit. Without variables that is the same in every state, and asked once. */
  function bindingsAfter(leaf: OrderLeaf, event: RecordedEvent, state: State): Bindings | undefined {
    const pattern = leaf === instead?.leaf ? instead.pattern : leaf.pattern
    if (leaf.variables) {
      const match = matchEvent(pattern, event, state.bindings, context)
      return match.ok ? match.bindings : undefined
    }
    const key = state.index * order.parts.length + leaf.id
    let fit = fits.get(key)
    if (fit === undefined) fits.set(key, (fit = matchEvent(pattern, event, noBindings, context).ok))
    return fit ? state.bindings : undefined
  }

  function isSeen(state: State): boolean {
    const progress = isLong ? state.progress.join() : progressKey(state.progress)
    const key = `${state.index} ${progress} ${bindingsKey(state.bindings)}`
    if (seen.has(key)) return true
    seen.add(key)
    return false
  }

  function note(state: State): void {
    if (state.size > best) {
      best = state.size
      furthest = []
    }
    const isNew = furthest.at(-1)?.progress !== state.progress
    if (state.size === best && isNew && furthest.length < keptStands) furthest.push(state)
  }

  function failure(reason: 'unexpected' | 'ended' | 'limit'): OrderMatch {
    const stands = furthest.map(state => ({
      progress: state.progress,
      bindings: state.bindings,
      taken: takenBy(state),
    }))
    return { ok: false, reason, position: gaps ? events.length : best, furthest: stands }
  }
}

type State = {
  /** Events looked at, and events taken. */
  readonly index: number
  readonly size: number
  readonly progress: Progress
  readonly bindings: Bindings
  readonly taken: TakenList | undefined
}
type TakenList = Taken & { readonly before: TakenList | undefined }

function takenBy(state: State): Taken[] {
  const list: Taken[] = []
  for (let at = state.taken; at; at = at.before) list.push({ leaf: at.leaf, event: at.event })
  return list.reverse()
}
