// SPDX-License-Identifier: MIT
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SourceFile, Span } from '../diagnostics/source-file.ts'
import { characterOffsets } from './character-offsets.ts'
import { deepNode, maxDepth, tooDeep } from './nesting.ts'
import type { MapEntry, ScalarNode, TreeNode } from './tree.ts'
import { looksLikeNumber, translateYamlErrors } from './yaml-messages.ts'

/** More nodes than this can only come from aliases of aliases. */
const maxNodes = 10_000

type Reading = {
  readonly file: SourceFile
  readonly document: Document
  readonly diagnostics: Diagnostic[]
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  readonly open: Set<unknown>
  aliased: number
  /** Lists and maps around the node that is being read. */
  depth: number
  tooMany: boolean
}

/** A YAML text as a tree, or every mistake of its spelling. The tree is undefined when there is an error. */
export function readYaml(file: SourceFile): {
  readonly tree?: TreeNode
  readonly diagnostics: readonly Diagnostic[]
} {
  const document = parseDocument(file.text, { intAsBigInt: true, uniqueKeys: false, prettyErrors: false })
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION'))
    return { diagnostics: [tooDeep({ file, start: 0, end: 0, ...deepNode(file.text) })] }
  const problems = translateYamlErrors(file, [...document.errors, ...document.warnings])
  if (problems.length > 0) return { diagnostics: problems }
  const reading: Reading = {
    file,
    document,
    diagnostics: [],
    open: new Set(),
    aliased: 0,
    depth: 0,
    tooMany: false,
  }
  const whole: Span = { file, start: 0, end: 0 }
  const tree = readNode(document.contents, whole, reading)
  return reading.diagnostics.length > 0
    ? { diagnostics: reading.diagnostics }
    : { tree, diagnostics: reading.diagnostics }
}

/** `place` stands for a node that is not there: `key:` with nothing behind it. */
function readNode(node: unknown, place: Span, reading: Reading): TreeNode {
  if (isAlias(node)) return readAlias(node, place, reading)
  if (reading.open.size > 0 && ++reading.aliased > maxNodes) return empty(place)
  const span = spanOf(node, place)
  if (isScalar(node)) return readScalar(node, span, reading)
  if (!isSeq(node) && !isMap(node)) return empty(place)
  if (reading.depth === maxDepth) {
    reading.diagnostics.push(tooDeep({ ...span, end: span.start + 1 }))
    return empty(place)
  }
  reading.depth++
  const block = isSeq(node) ? readList(node, span, reading) : readMap(node, span, reading)
  reading.depth--
  return block
}

function readList(node: YAMLSeq, span: Span, reading: Reading): TreeNode {
  return { kind: 'list', span, items: node.items.map(item => readNode(item, span, reading)) }
}

function readMap(node: YAMLMap, span: Span, reading: Reading): TreeNode {
  const entries: MapEntry[] = []
  for (const { key, value } of node.items) {
    const entry = readEntry(key, value, span, reading)
    const first = entry && entries.find(other => other.key === entry.key)
    if (first) reading.diagnostics.push(duplicateKey(entry, first))
    if (entry) entries.push(entry)
  }
  return { kind: 'map', span: node.flow ? span : endingWith(span, entries.at(-1)?.value), entries }
}

/** A block ends with its last value; what the parser counts to it beyond that is white space and comments. */
function endingWith(span: Span, last: TreeNode | undefined): Span {
  const end = last && last.span.file === span.file && last.span.start >= span.start ? last.span.end : span.end
  return { ...span, end: Math.min(end, span.end) }
}

function readEntry(key: unknown, value: unknown, place: Span, reading: Reading): MapEntry | undefined {
  const keySpan = spanOf(key, place)
  if (isScalar(key)) {
    const { file, start, end } = keySpan
    const name = typeof key.value === 'string' ? key.value : file.text.slice(start, end)
    const behind: Span = { file, start: end, end: Math.min(end + 1, file.text.length) }
    return { key: name, keySpan, value: readNode(value, behind, reading) }
  }
  reading.diagnostics.push({
    code: 'Y006',
    severity: 'error',
    message: 'a key must be a plain word',
    labels: [{ span: keySpan }],
  })
  return undefined
}

function readScalar(node: Scalar, span: Span, { file, diagnostics }: Reading): ScalarNode {
  const style = styles[node.type ?? 'PLAIN'] ?? 'plain'
  const value = node.value as ScalarNode['value']
  if (style === 'plain') {
    const suspicious = looksLikeNumber(span)
    if (suspicious) diagnostics.push(suspicious)
  }
  if (typeof value !== 'string') return { kind: 'scalar', span, value, style }
  const offsets = characterOffsets(file.text, { start: span.start, end: span.end, value }, style)
  return { kind: 'scalar', span, value, style, ...(offsets && { offsets }) }
}

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'quoted',
  QUOTE_DOUBLE: 'quoted',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

function readAlias(alias: Alias, place: Span, reading: Reading): TreeNode {
  const span = spanOf(alias, place)
  const target = alias.resolve(reading.document)
  const problem =
    target === undefined
      ? `nothing is anchored as \`${alias.source}\` above this alias`
      : reading.open.has(target)
        ? `the alias \`${alias.source}\` stands inside the node that it names`
        : undefined
  if (problem) {
    reading.diagnostics.push({ code: 'Y009', severity: 'error', message: problem, labels: [{ span }] })
    return empty(span)
  }
  reading.open.add(target)
  const node = readNode(target, span, reading)
  reading.open.delete(target)
  if (reading.aliased > maxNodes && !reading.tooMany) {
    reading.tooMany = true
    reading.diagnostics.push({
      code: 'Y009',
      severity: 'error',
      message: `aliases make more than ${maxNodes} nodes of this file`,
      labels: [{ span }],
    })
  }
  return node
}

function duplicateKey(second: MapEntry, first: MapEntry): Diagnostic {
  return {
    code: 'Y002',
    severity: 'error',
    message: `the key \`${second.key}\` is written twice`,
    labels: [{ span: second.keySpan }, { span: first.keySpan, text: 'first written here' }],
    help: ['the second would silently replace the first: remove one, or give it another name'],
  }
}

function spanOf(node: unknown, place: Span): Span {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range
  return range ? { file: place.file, start: range[0], end: range[1] } : place
}

function empty(span: Span): ScalarNode {
  return { kind: 'scalar', span, value: null, style: 'plain' }
}
