// SPDX-License-Identifier: MIT
import type { EventPattern, ValuePattern } from '../../events/pattern.ts'
import type { Located, OrderNode } from '../../scenario/scenario.ts'
import type { Edge, Order, OrderPart } from './grammar.ts'
import { sameShape } from './same-shape.ts'

/**
 * Numbers the nodes of an expectation, resolves `after:`, and gives the events of a lane the lane's thread. Labels exist and go round
 * in no circle: the scenario has been checked.
 */
export function compileOrder(node: OrderNode): Order {
  const parts: OrderPart[] = []
  const labels = new Map<string, OrderPart>()
  const waiting: { readonly part: OrderPart; readonly names: readonly Located<string>[] }[] = []
  const root = number(node, undefined, undefined)
  const edges = connect()
  return { root, parts, edges, plain: isPlain(root, edges) }

  function number(of: OrderNode, parent: OrderPart | undefined, lane: string | undefined): OrderPart {
    const { min, max } = of.times ?? { min: 1, max: 1 }
    const numbered = { id: parts.length, span: of.span, min, max, parent, before: [], after: [] }
    const part = numbered as object as OrderPart
    parts.push(part)
    if (of.as) labels.set(of.as.value, part)
    if (of.after.length > 0) waiting.push({ part, names: of.after })
    return Object.assign(part, content(of, part, lane, min), { end: parts.length })
  }

  function content(of: OrderNode, part: OrderPart, lane: string | undefined, min: number): object {
    if (of.kind === 'event') {
      const pattern = inLane(of.pattern, lane)
      return { kind: 'event', children: [], optional: min === 0, pattern, variables: hasVariable(pattern) }
    }
    const lanes: readonly (readonly [string | undefined, OrderNode])[] =
      of.kind === 'interleave' ? [...of.lanes] : of.items.map(item => [lane, item])
    const children = lanes.map(([name, item]) => number(item, part, name))
    const optional = min === 0 || children.every(child => child.optional)
    if (of.kind === 'sequence') return { kind: 'sequence', children, optional }
    const nodes = lanes.map(([, item]) => item)
    return { kind: 'group', children, optional, twins: twinsOf(nodes, of.kind === 'interleave') }
  }

  function connect(): Edge[] {
    const found: Edge[] = []
    for (const { part: then, names } of waiting) {
      for (const { value, span } of names) {
        const first = labels.get(value)
        if (!first) throw new Error(`no event is called ${value}`)
        const edge: Edge = { index: found.length, first, then, scope: commonPart(first, then), span }
        found.push(edge)
        ;(first.before as Edge[]).push(edge)
        ;(then.after as Edge[]).push(edge)
      }
    }
    return found
  }
}

function inLane(pattern: EventPattern, lane: string | undefined): EventPattern {
  if (pattern.thread || lane === undefined) return pattern
  return { ...pattern, thread: { kind: 'equal', value: lane, span: pattern.span } }
}

function commonPart(a: OrderPart, b: OrderPart): OrderPart {
  let scope = a
  while (scope.parent && !(scope.id <= b.id && b.id < scope.end)) scope = scope.parent
  return scope
}

function twinsOf(nodes: readonly OrderNode[], lanes: boolean): number[] {
  return nodes.map((node, index) =>
    lanes ? index : nodes.findIndex((other, at) => at === index || sameShape(other, node)),
  )
}

function isPlain(root: OrderPart, edges: readonly Edge[]): boolean {
  return (
    edges.length === 0 &&
    root.kind === 'sequence' &&
    root.max === 1 &&
    root.children.every(
      child => child.kind === 'event' && child.max === 1 && child.min === 1 && !child.variables,
    )
  )
}

function hasVariable({ fields, thread }: EventPattern): boolean {
  return [...Object.values(fields), ...(thread ? [thread] : [])].some(mentionsVariable)
}

function mentionsVariable(pattern: ValuePattern): boolean {
  switch (pattern.kind) {
    case 'variable':
      return true
    case 'in':
      return pattern.options.some(mentionsVariable)
    case 'not':
      return mentionsVariable(pattern.pattern)
    case 'list':
      return pattern.items.some(mentionsVariable)
    case 'map':
      return Object.values(pattern.entries).some(mentionsVariable)
    default:
      return false
  }
}
