// SPDX-License-Identifier: MIT
import { isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import type { SourceFile, Span } from '../../src/diagnostics/source-file.ts'
import { allKinds, describeKind, type EventKind } from '../../src/events/event-kinds.ts'
import type { EventPattern, ValuePattern } from '../../src/events/pattern.ts'

/** Reads patterns from YAML for tests of the matcher, with the spans that the real reader gives; knows no errors. */
export function readPattern(text: string): EventPattern {
  const file: SourceFile = { path: 'test.yaml', text }
  return eventPattern(parse(text) as YAMLMap, file)
}

export function readValue(text: string): ValuePattern {
  return valuePattern(parse(text), { path: 'test.yaml', text })
}

export function parse(text: string): Node {
  const document = parseDocument(text, { intAsBigInt: true })
  if (document.errors.length > 0) throw document.errors[0]!
  return document.contents!
}

export function spanOf(node: Node, file: SourceFile): Span {
  return { file, start: node.range![0], end: node.range![1] }
}

export function pairsOf(map: YAMLMap): [key: Node & { value: string }, value: Node][] {
  return (map.items as Pair[])
    .filter(isPair)
    .map(pair => [pair.key as Node & { value: string }, pair.value as Node])
}

const notFields = new Set(['as', 'after', 'times', 'thread'])

export function eventPattern(map: YAMLMap, file: SourceFile): EventPattern {
  const pairs = pairsOf(map)
  const [kindKey, subject] = pairs.find(([key]) => (allKinds as readonly string[]).includes(key.value))!
  const kind = kindKey.value as EventKind
  const fields: Record<string, ValuePattern> = { [describeKind(kind).subject]: valuePattern(subject, file) }
  for (const [key, value] of pairs) {
    if (key !== kindKey && !notFields.has(key.value)) fields[key.value] = valuePattern(value, file)
  }
  const thread = pairs.find(([key]) => key.value === 'thread' && key !== kindKey)
  return {
    kind,
    fields,
    span: spanOf(map, file),
    keySpan: spanOf(kindKey, file),
    ...(thread ? { thread: valuePattern(thread[1], file) } : {}),
  }
}

export function valuePattern(node: Node, file: SourceFile): ValuePattern {
  const span = spanOf(node, file)
  if (isSeq(node))
    return { kind: 'list', span, items: (node.items as Node[]).map(item => valuePattern(item, file)) }
  if (isMap(node)) return mapPattern(node, file, span)
  if (!isScalar(node)) throw new Error('not a pattern')
  return scalarPattern(node.value, node.type === 'PLAIN', span)
}

function scalarPattern(value: unknown, plain: boolean, span: Span): ValuePattern {
  if (typeof value === 'string' && plain) {
    if (value === '_') return { kind: 'any', span }
    const variable = /^\$(\w+)([+-].+)?$/.exec(value)
    if (variable) return { kind: 'variable', name: variable[1]!, plus: signed(variable[2] ?? '0'), span }
    if (/^[\w.]+:\w+(\+\w+)?$/.test(value)) return { kind: 'place', text: value, span }
  }
  if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') {
    return { kind: 'equal', value, span }
  }
  throw new Error(`not a pattern: ${value}`)
}

function mapPattern(node: YAMLMap, file: SourceFile, span: Span): ValuePattern {
  const entries = new Map(pairsOf(node).map(([key, value]) => [key.value, value]))
  const plain = Object.fromEntries(
    [...entries].map(([name, value]) => [name, isScalar(value) ? value.value : undefined]),
  ) as Record<string, bigint & string>
  if (entries.has('min') || entries.has('max')) {
    return {
      kind: 'range',
      span,
      ...(entries.has('min') ? { min: BigInt(plain['min']!) } : {}),
      ...(entries.has('max') ? { max: BigInt(plain['max']!) } : {}),
    }
  }
  if (entries.has('in')) {
    const options = (entries.get('in') as Node & { items: Node[] }).items
    return { kind: 'in', span, options: options.map(option => valuePattern(option, file)) }
  }
  if (entries.has('not')) return { kind: 'not', span, pattern: valuePattern(entries.get('not')!, file) }
  if (entries.has('re')) return { kind: 'regexp', span, source: plain['re']! }
  if (entries.has('mask')) return { kind: 'mask', span, mask: plain['mask']!, is: plain['is']! }
  if (entries.has('within')) return { kind: 'within', span, region: plain['within']! }
  return {
    kind: 'map',
    span,
    entries: Object.fromEntries([...entries].map(([name, value]) => [name, valuePattern(value, file)])),
  }
}

function signed(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''))
}
