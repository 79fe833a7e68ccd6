// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import { error, type Report } from './report.ts'
import type { Expectation, Located, OrderNode } from './scenario.ts'

/** Labels are given once and exist, and the order that they make with the lists has no circle. */
export function checkLabels({ events, contains }: Expectation, report: Report): void {
  for (const root of [events, contains]) if (root) checkOrder(root, report)
}

function checkOrder(root: OrderNode, report: Report): void {
  const labels = new Map<string, OrderNode>()
  for (const node of nodesOf(root)) {
    if (!node.as) continue
    const first = labels.get(node.as.value)
    if (first)
      report({
        ...error('R007', node.as.span, `the label \`${node.as.value}\` is given twice`),
        labels: [{ span: node.as.span }, { span: first.as!.span, text: 'the first is here' }],
      })
    else labels.set(node.as.value, node)
  }
  let complete = true
  for (const { after } of nodesOf(root)) {
    for (const { value, span } of after) {
      if (labels.has(value)) continue
      complete = false
      const known = [...labels.keys()]
      const help = known.length > 0 ? `labels: ${known.join(', ')}` : `give one to an event:   as: ${value}`
      report(
        error('R007', span, `no event has the label \`${value}\``, { label: didYouMean(value, known), help }),
      )
    }
  }
  const edge = complete ? edgeOfCircle(root, labels) : undefined
  if (edge) {
    const help = 'no order of events can satisfy it'
    report({
      ...error('R007', edge.span, 'this `after` goes round in a circle', { help }),
      labels: [{ span: edge.span, text: 'this event must come both before and after it' }],
    })
  }
}

function* nodesOf(node: OrderNode): Generator<OrderNode> {
  yield node
  if (node.kind === 'event') return
  for (const item of node.kind === 'interleave' ? node.lanes.values() : node.items) yield* nodesOf(item)
}

/** Beginning and end of every node as points, with an edge from each to those that must follow. */
type Point = { readonly node: OrderNode; readonly side: 'begin' | 'end'; readonly next: Point[] }

/** An `after` that lies on a circle, or undefined. */
function edgeOfCircle(root: OrderNode, labels: ReadonlyMap<string, OrderNode>): Located<string> | undefined {
  const begin = new Map<OrderNode, Point>()
  const end = new Map<OrderNode, Point>()
  for (const node of nodesOf(root)) {
    begin.set(node, { node, side: 'begin', next: [] })
    end.set(node, { node, side: 'end', next: [] })
  }
  for (const node of nodesOf(root)) {
    const items =
      node.kind === 'event' ? [] : node.kind === 'interleave' ? [...node.lanes.values()] : node.items
    begin.get(node)!.next.push(end.get(node)!)
    for (const [index, item] of items.entries()) {
      const previous = node.kind === 'sequence' ? items[index - 1] : undefined
      const from = previous ? end.get(previous)! : begin.get(node)!
      from.next.push(begin.get(item)!)
      end.get(item)!.next.push(end.get(node)!)
    }
    for (const { value } of node.after) end.get(labels.get(value)!)!.next.push(begin.get(node)!)
  }
  for (const node of nodesOf(root)) {
    const edge = node.after.find(({ value }) => reaches(end.get(node)!, begin.get(labels.get(value)!)!))
    if (edge) return edge
  }
  return undefined
}

function reaches(from: Point, to: Point): boolean {
  const seen = new Set<Point>([from])
  for (const point of seen) {
    if (point === to) return true
    for (const next of point.next) seen.add(next)
  }
  return false
}
