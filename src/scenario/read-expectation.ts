// SPDX-License-Identifier: MIT

import { didYouMean } from '../diagnostics/suggest.ts'
import { allKinds, defaultTrace, describeKind, type EventKind } from '../events/event-kinds.ts'
import type { EventPattern } from '../events/pattern.ts'
import { readEvent } from './read-event.ts'
import { readOrder, readTimes } from './read-order.ts'
import { isTrue, readText, readTexts, readWords } from './read-scalars.ts'
import { readState } from './read-state.ts'
import { readValue } from './read-value.ts'
import { error, type Report } from './report.ts'
import type { Expectation, OrderNode, StateCheck } from './scenario.ts'
import { childOf, entryOf, itemsOf, type MapEntry, type TreeNode } from './tree.ts'
import type { Variant } from './variant.ts'

/** `expect:`. `whole` is where a message about a missing one points. */
export function readExpectation(
  entry: MapEntry | undefined,
  whole: Expectation['span'],
  variant: Variant,
  report: Report,
): Expectation {
  const node = entry?.value
  const trace = childOf(node, 'trace')
  const order = (key: string): OrderNode | undefined => {
    const list = childOf(node, key)
    return list && readOrder(list, report)
  }
  const state = (key: string): StateCheck | undefined => {
    const found = entryOf(node, key)
    return found && { ...readState(found.value, report), span: found.keySpan }
  }
  const text = (key: string) => {
    const found = childOf(node, key)
    return found && readValue(found, 'text', report)
  }
  const crash = childOf(node, 'crash')
  const optional = {
    events: order('events'),
    contains: order('contains'),
    golden: readGolden(entryOf(node, 'golden'), variant, report),
    final: state('final'),
    always: state('always'),
    sometimes: state('sometimes'),
    output: text('output'),
    errors: text('errors'),
    crash: crash && readText(crash),
  }
  const present = Object.entries(optional).filter(([, value]) => value !== undefined)
  return {
    span: entry?.keySpan ?? whole,
    trace: trace ? (readWords(trace) as EventKind[]) : defaultTrace,
    ...(trace && { traceSpan: trace.span }),
    never: readPatterns(childOf(node, 'never'), report),
    count: itemsOf(childOf(node, 'count')).flatMap(item => {
      const pattern = readEvent(item, report)
      return pattern ? [{ pattern, times: readTimes(childOf(item, 'times')!, report), span: item.span }] : []
    }),
    ...(Object.fromEntries(present) as { [K in keyof typeof optional]?: NonNullable<(typeof optional)[K]> }),
  }
}

function readPatterns(node: TreeNode | undefined, report: Report): readonly EventPattern[] {
  return itemsOf(node).flatMap(item => readEvent(item, report) ?? [])
}

const fieldNames: ReadonlySet<string> = new Set([
  'thread',
  ...allKinds.flatMap(kind => Object.keys(describeKind(kind).fields)),
])

function readGolden(entry: MapEntry | undefined, variant: Variant, report: Report): Expectation['golden'] {
  if (!entry || (entry.value.kind === 'scalar' && !isTrue(entry.value))) return undefined
  const [per, fields] = [childOf(entry.value, 'per'), childOf(entry.value, 'fields')]
  const axes = variant.map(({ axis }) => axis)
  for (const { value, span } of readTexts(per)) {
    if (axes.includes(value)) continue
    const help = axes.length > 0 ? `axes: ${axes.join(', ')}` : 'this file has no `matrix`'
    report(
      error('S021', span, `the matrix has no axis \`${value}\``, { label: didYouMean(value, axes), help }),
    )
  }
  for (const { value, span } of readTexts(fields)) {
    if (!fieldNames.has(value))
      report(
        error('S004', span, `no event has a field \`${value}\``, { label: didYouMean(value, fieldNames) }),
      )
  }
  return {
    span: entry.keySpan,
    ...(per && { per: readWords(per) }),
    ...(fields && { fields: readWords(fields) }),
  }
}

/** Every event pattern of an order. */
export function* patternsOf(node: OrderNode | undefined): Generator<EventPattern> {
  if (!node) return
  if (node.kind === 'event') yield node.pattern
  else if (node.kind === 'interleave') for (const lane of node.lanes.values()) yield* patternsOf(lane)
  else for (const item of node.items) yield* patternsOf(item)
}
