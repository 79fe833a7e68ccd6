// SPDX-License-Identifier: MIT

import { readEvent } from './read-event.ts'
import { readCount, readText, readTexts } from './read-scalars.ts'
import { error, type Report } from './report.ts'
import type { Located, OrderNode, Times } from './scenario.ts'
import { childOf, entriesOf, itemsOf, type MapNode, type TreeNode } from './tree.ts'

/** A node of the order grammar (scenario format §6.1); undefined after a report. */
export function readOrder(node: TreeNode, report: Report): OrderNode | undefined {
  if (node.kind === 'list')
    return { span: node.span, after: [], kind: 'sequence', items: readItems(node, report) }
  if (node.kind !== 'map') {
    report(error('S004', node.span, 'an event must be a map', { help: 'for example   - hit: add_in' }))
    return undefined
  }
  const common = readPosition(node, report)
  const interleave = childOf(node, 'interleave')
  const anyOrder = childOf(node, 'any-order')
  if (!interleave && !anyOrder) {
    const pattern = readEvent(node, report)
    return pattern && { ...common, kind: 'event', pattern }
  }
  checkAlone(node, interleave ? 'interleave' : 'any-order', report)
  if (!interleave) return { ...common, kind: 'any-order', items: readItems(anyOrder!, report) }
  const lanes = entriesOf(interleave).flatMap(({ key, value }) => {
    const lane = readOrder(value, report)
    return lane ? [[key, lane] as const] : []
  })
  const laneSpans = new Map(entriesOf(interleave).map(({ key, keySpan }) => [key, keySpan]))
  return { ...common, kind: 'interleave', lanes: new Map(lanes), laneSpans }
}

function readItems(node: TreeNode, report: Report): readonly OrderNode[] {
  return itemsOf(node).flatMap(item => readOrder(item, report) ?? [])
}

type Position = {
  span: OrderNode['span']
  as?: Located<string>
  after: readonly Located<string>[]
  times?: Times
}

function readPosition(node: MapNode, report: Report): Position {
  const [as, after, times] = ['as', 'after', 'times'].map(key => childOf(node, key))
  return {
    span: node.span,
    after: after === undefined ? [] : after.kind === 'list' ? readTexts(after) : [readText(after)],
    ...(as && { as: readText(as) }),
    ...(times && { times: readTimes(times, report) }),
  }
}

/** `3`, or `{ min, max }`; a missing bound is 0 or none. */
export function readTimes(node: TreeNode, report: Report): Times {
  if (node.kind === 'scalar') {
    const count = readCount(node)
    return { min: count, max: count }
  }
  const [min, max] = [childOf(node, 'min'), childOf(node, 'max')]
  const times = { min: min ? readCount(min) : 0, max: max ? readCount(max) : Infinity }
  if (times.min > times.max)
    report(error('L008', node.span, 'no number is in this range: `min` is above `max`'))
  if (!min && !max)
    report(
      error('S003', node.span, '`times` says nothing', { help: 'for example   times: { min: 1, max: 3 }' }),
    )
  return times
}

const allowedBeside: ReadonlySet<string> = new Set(['as', 'after', 'times'])

function checkAlone({ entries }: MapNode, construct: string, report: Report): void {
  for (const { key, keySpan } of entries) {
    if (key === construct || allowedBeside.has(key)) continue
    const help = 'give the event a list entry of its own'
    report(error('S003', keySpan, `\`${key}\` cannot stand beside \`${construct}\``, { help }))
  }
}
