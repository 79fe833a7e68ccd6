// SPDX-License-Identifier: MIT
import type { Edge, Order, OrderLeaf, OrderPart } from './grammar.ts'

/**
 * How far a parse has come: three numbers a part, one an edge.
 * `count`: completed repetitions (events taken, for an event), -1 once a list has gone on behind it.
 * `position`: the item that a sequence stands at. `touched`: whether the present repetition has taken an event.
 * An edge's number is 1 once its later side has begun: its earlier side takes no more events.
 */
export type Progress = readonly number[]

/** A ready event: its predecessors are complete. `after` is the progress once it has been taken. */
export type Step = { readonly leaf: OrderLeaf; after(): Progress }

const closed = -1

export function newProgress(order: Order): Progress {
  return new Array<number>(3 * order.parts.length + order.edges.length).fill(0)
}

/**
 * Equal texts for equal progress of runs below 65535 events: each number as a character, as searches make hundreds of thousands of
 * such texts.
 */
export function progressKey(progress: Progress): string {
  return String.fromCharCode.apply(null, progress as number[])
}

/** Whether nothing more is required. */
export function isComplete(order: Order, progress: Progress): boolean {
  return canEnd(order.root, progress)
}

/** Every event that may be taken next; of children that can be exchanged for each other, only the first. */
export function readySteps(order: Order, progress: Progress): Step[] {
  const steps: Step[] = []
  collect(order.root, progress, [])
  return steps

  /** `moves` are the sequences that go on to a later item when a step is taken. */
  function collect(part: OrderPart, from: Progress, moves: readonly Move[]): void {
    if (part.kind === 'event') {
      const count = from[3 * part.id]!
      if (count !== closed && count < part.max && isFree(order, part, from)) {
        steps.push({ leaf: part, after: () => take(order, part, from, moves) })
      }
      return
    }
    if (part.max === 0) return
    collectContent(part, from, moves)
    if (isTouched(part, from) && from[3 * part.id]! + 1 < part.max && contentCanEnd(part, from)) {
      collectContent(part, repeat(order, part, from), moves)
    }
  }

  function collectContent(part: OrderPart, from: Progress, moves: readonly Move[]): void {
    if (part.kind === 'sequence') {
      const position = from[3 * part.id + 1]!
      for (let index = position; index < part.children.length; index++) {
        const child = part.children[index]!
        collect(child, from, index > position ? [...moves, { sequence: part, to: index }] : moves)
        if (!canEnd(child, from)) break
      }
    } else if (part.kind === 'group') {
      part.children.forEach((child, index) => {
        if (!hasEarlierTwin(part, index, from)) collect(child, from, moves)
      })
    }
  }
}

/** Whether an event has room for another one, now or later in the present repetition. */
export function mayStillTake(leaf: OrderLeaf, progress: Progress): boolean {
  const count = progress[3 * leaf.id]!
  return count !== closed && count < leaf.max
}

type Move = { readonly sequence: OrderPart; readonly to: number }

function isTouched(part: OrderPart, progress: Progress): boolean {
  return progress[3 * part.id + 2] === 1
}

/** Whether a part may be left as it is. */
function canEnd(part: OrderPart, progress: Progress): boolean {
  const count = progress[3 * part.id]!
  if (count === closed) return true
  if (part.kind === 'event') return count >= part.min
  const touched = isTouched(part, progress)
  const enough = part.optional || count + (touched ? 1 : 0) >= part.min
  return enough && (!touched || contentCanEnd(part, progress))
}

function contentCanEnd(part: OrderPart, progress: Progress): boolean {
  const from = part.kind === 'sequence' ? progress[3 * part.id + 1]! : 0
  return part.children.every((child, index) => index < from || canEnd(child, progress))
}

function hasEarlierTwin(
  group: Extract<OrderPart, { kind: 'group' }>,
  index: number,
  progress: Progress,
): boolean {
  const child = group.children[index]!
  for (let earlier = group.twins[index]!; earlier < index; earlier++) {
    if (group.twins[earlier] !== group.twins[index]) continue
    if (sameProgress(group.children[earlier]!, child, progress)) return true
  }
  return false
}

function sameProgress(a: OrderPart, b: OrderPart, progress: Progress): boolean {
  for (let offset = 0; offset < 3 * (a.end - a.id); offset++) {
    if (progress[3 * a.id + offset] !== progress[3 * b.id + offset]) return false
  }
  return true
}

/** No edge forbids the event: what must come before it is complete, and nothing that must come after it has begun. */
function isFree(order: Order, leaf: OrderLeaf, progress: Progress): boolean {
  for (let part: OrderPart | undefined = leaf; part; part = part.parent) {
    if (part.before.some(edge => hasBegun(order, edge, progress))) return false
    if (
      !part.after.every(edge => hasBegun(order, edge, progress) || canStop(edge.first, edge.scope, progress))
    ) {
      return false
    }
  }
  return true
}

function hasBegun(order: Order, edge: Edge, progress: Progress): boolean {
  return progress[3 * order.parts.length + edge.index] === 1
}

/** Whether the parts between an edge's scope and its earlier side can do without a further event of it. */
function canStop(first: OrderPart, scope: OrderPart, progress: Progress): boolean {
  if (canEnd(first, progress)) {
    for (let part = first.parent; part && part !== scope; part = part.parent) {
      if (progress[3 * part.id] === closed) return true
      const done = progress[3 * part.id]! + 1
      if (isTouched(part, progress) && done < part.min && !isAvoidable(first, part)) return false
    }
    return true
  }
  for (let part = first.parent; part && part !== scope; part = part.parent) {
    if (progress[3 * part.id] === closed) return true
    if (!isTouched(part, progress) && part.optional) return true
  }
  return false
}

/** Whether a fresh repetition of `part` can leave out `inner`. */
function isAvoidable(inner: OrderPart, part: OrderPart): boolean {
  for (let at: OrderPart | undefined = inner; at && at !== part; at = at.parent) if (at.optional) return true
  return false
}

function take(order: Order, leaf: OrderLeaf, from: Progress, moves: readonly Move[]): Progress {
  const progress = from.slice()
  for (const { sequence, to } of moves) {
    for (let index = progress[3 * sequence.id + 1]!; index < to; index++) {
      const child = sequence.children[index]!
      for (let id = child.id; id < child.end; id++) close(progress, id)
    }
    progress[3 * sequence.id + 1] = to
  }
  progress[3 * leaf.id]!++
  for (let part: OrderPart | undefined = leaf; part; part = part.parent) {
    progress[3 * part.id + 2] = 1
    for (const edge of part.after) progress[3 * order.parts.length + edge.index] = 1
  }
  return progress
}

function close(progress: number[], id: number): void {
  progress[3 * id] = closed
  progress[3 * id + 1] = 0
  progress[3 * id + 2] = 0
}

/** The progress at the start of another repetition: everything inside is fresh. */
function repeat(order: Order, part: OrderPart, from: Progress): Progress {
  const progress = from.slice()
  progress[3 * part.id]!++
  progress[3 * part.id + 1] = 0
  progress[3 * part.id + 2] = 0
  progress.fill(0, 3 * (part.id + 1), 3 * part.end)
  for (const edge of order.edges) {
    if (part.id <= edge.scope.id && edge.scope.id < part.end)
      progress[3 * order.parts.length + edge.index] = 0
  }
  return progress
}
