// SPDX-License-Identifier: MIT
import { didYouMean } from '../diagnostics/suggest.ts'
import { allKinds, describeKind, type EventKind, type FieldDescription } from '../events/event-kinds.ts'
import type { EventPattern, ValuePattern } from '../events/pattern.ts'
import { kindsIn } from './event-keys.ts'
import { readValue } from './read-value.ts'
import { error, type Report } from './report.ts'
import { childOf, entriesOf, type MapEntry, type TreeNode } from './tree.ts'

/** Keys that say something about an event's place in the order, not about the event. */
const orderKeys: ReadonlySet<string> = new Set(['as', 'after', 'times'])

/** One event pattern: exactly one kind, and fields that this kind has. Undefined after a report. */
export function readEvent(node: TreeNode, report: Report): EventPattern | undefined {
  const entries = entriesOf(node)
  const kinds = kindsIn(node)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    report(kind === undefined ? noKind(node) : severalKinds(entries, kinds))
    return undefined
  }
  const { subject, fields: known } = describeKind(kind)
  const fields: Record<string, ValuePattern> = {}
  for (const { key, keySpan, value } of entries) {
    if (orderKeys.has(key) || (key === 'thread' && kind !== 'exit')) continue
    const name = key === kind ? subject : key
    const field = known[name]
    if (!field) report(unknownField(key, kind, { key, keySpan, value }))
    else if (Object.hasOwn(fields, name)) report(saidTwice(key, kind, subject, keySpan))
    else fields[name] = readField(value, field, name === 'exception', report)
  }
  const thread = kind === 'exit' ? undefined : childOf(node, 'thread')
  return {
    kind,
    fields,
    span: node.span,
    keySpan: entries.find(({ key }) => key === kind)!.keySpan,
    ...(thread && { thread: readValue(thread, 'name', report) }),
  }
}

function readField(
  value: TreeNode,
  field: FieldDescription,
  isException: boolean,
  report: Report,
): ValuePattern {
  if (isException && value.kind === 'scalar' && value.value === null) {
    const help = '`#` begins a comment in YAML; quote it:   fault: "#PF"'
    report(error('S004', value.span, 'this exception has no name', { help }))
    return { kind: 'any', span: value.span }
  }
  return readValue(value, field.type, report)
}

function noKind(node: TreeNode) {
  const [first] = entriesOf(node)
  const text = first && didYouMean(first.key, allKinds)
  return error('S005', first?.keySpan ?? node.span, 'this event has no kind', {
    label: text,
    help: `an event names exactly one of: ${allKinds.slice(0, 8).join(', ')}, exit, …\nfor example   - hit: add_in`,
  })
}

function severalKinds(entries: readonly MapEntry[], kinds: readonly EventKind[]) {
  const places = kinds.map(kind => entries.find(({ key }) => key === kind)!.keySpan)
  const [first, second] = kinds
  return {
    ...error(
      'S006',
      places[1]!,
      `this event has ${kinds.length} kinds: ${kinds.map(kind => `\`${kind}\``).join(', ')}`,
      {
        help: `write one list entry for each:   - ${first}: …   - ${second}: …`,
      },
    ),
    labels: [{ span: places[1]! }, { span: places[0]!, text: 'the first is here' }],
  }
}

function unknownField(key: string, kind: EventKind, { keySpan }: MapEntry) {
  const { fields, subject } = describeKind(kind)
  const names = Object.keys(fields).filter(name => name !== subject)
  const known = kind === 'exit' ? names : [...names, 'thread']
  return error('S007', keySpan, `an event \`${kind}\` has no field \`${key}\``, {
    label: didYouMean(key, known),
    help:
      known.length > 0
        ? `fields of \`${kind}\`: ${known.join(', ')}`
        : `\`${kind}\` has no fields beside its ${subject}`,
  })
}

function saidTwice(key: string, kind: EventKind, subject: string, span: MapEntry['keySpan']) {
  return error('S003', span, `\`${key}\` and \`${kind}\` both give the ${subject} of this event`, {
    help: `\`${kind}: NAME\` is enough`,
  })
}
