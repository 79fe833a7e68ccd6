// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { spanWithin } from './span-within.ts'
import { childOf, entriesOf, located, type MapEntry, type ScalarNode, type TreeNode, textOf } from './tree.ts'
import type { Variant } from './variant.ts'

/** A part of a text: either literal characters, or the expression of a `${…}`. */
const expression = /\$\$\{|\$\{([^}]*)\}/g

/**
 * The tree with every `${axis}` and `${axis.key}` replaced by what the variant says. A text that is nothing but one
 * expression becomes the value itself, of whatever type; `$${` is a literal `${`. Spans stay those of the original nodes.
 */
export function substitute(node: TreeNode, variant: Variant, diagnostics: Diagnostic[]): TreeNode {
  if (node.kind === 'scalar') return substituteScalar(node, variant, diagnostics)
  if (node.kind === 'list')
    return { ...node, items: node.items.map(item => substitute(item, variant, diagnostics)) }
  const entries: MapEntry[] = node.entries.map(entry => ({
    key: substituteKey(entry, variant, diagnostics),
    keySpan: entry.keySpan,
    value: substitute(entry.value, variant, diagnostics),
  }))
  for (const [index, { key, keySpan }] of entries.entries()) {
    const first = entries.findIndex(entry => entry.key === key)
    if (first === index || node.entries[first]!.key === node.entries[index]!.key) continue
    diagnostics.push({
      code: 'Y002',
      severity: 'error',
      message: `the key \`${key}\` is there twice once \`\${…}\` is replaced`,
      labels: [{ span: keySpan }, { span: entries[first]!.keySpan, text: 'first written here' }],
    })
  }
  return { ...node, entries }
}

function substituteKey({ key, keySpan }: MapEntry, variant: Variant, diagnostics: Diagnostic[]): string {
  if (!key.includes('${')) return key
  const node: ScalarNode = { kind: 'scalar', span: keySpan, value: key, style: 'plain' }
  const value = substituteScalar(node, variant, diagnostics)
  return value.kind === 'scalar' ? String(value.value) : key
}

function substituteScalar(node: ScalarNode, variant: Variant, diagnostics: Diagnostic[]): TreeNode {
  const { value } = node
  if (typeof value !== 'string' || !value.includes('${')) return node
  const text = located(node, value)
  const whole = /^\$\{([^}]*)\}$/.exec(value)
  if (whole) {
    const found = look(whole[1]!, variant, report(0, value.length))
    return found ? moved(found, node) : node
  }
  let result = ''
  const offsets: number[] = []
  const copy = (from: number, to: number) => {
    result += value.slice(from, to)
    for (let at = from; at < to; at++) offsets.push(spanWithin(text, at, at + 1).start)
  }
  let done = 0
  for (const match of value.matchAll(expression)) {
    const end = match.index + match[0].length
    copy(done, match.index)
    done = end
    if (match[1] === undefined) {
      copy(match.index + 1, end)
      continue
    }
    const found = look(match[1], variant, report(match.index, end))
    const inserted = found && insertedText(match[1], found, report(match.index, end))
    result += inserted ?? match[0]
    const { start } = spanWithin(text, match.index, end)
    for (let at = 0; at < (inserted ?? match[0]).length; at++) offsets.push(start)
  }
  copy(done, value.length)
  const { end } = spanWithin(text, Math.max(0, value.length - 1), value.length)
  return { ...node, value: result, offsets: [...offsets, end] }

  function report(from: number, to: number) {
    return (message: string, label?: string, help?: readonly string[]) => {
      diagnostics.push({
        code: 'R006',
        severity: 'error',
        message,
        labels: [{ span: spanWithin(text, from, to), ...(label && { text: label }) }],
        ...(help && { help }),
      })
    }
  }
}

/** The value in its new place. */
function moved(value: TreeNode, { span }: ScalarNode): TreeNode {
  if (value.kind !== 'scalar') return { ...value, span }
  const length = typeof value.value === 'string' ? value.value.length : 0
  const offsets = [...new Array<number>(length).fill(span.start), span.end]
  return { ...value, span, source: textOf(value), offsets }
}

type Report = (message: string, label?: string, help?: readonly string[]) => void

function look(path: string, variant: Variant, report: Report): TreeNode | undefined {
  const [axis = '', ...keys] = path.trim().split('.')
  const choice = variant.find(other => other.axis === axis)
  if (!choice) {
    const known = variant.map(other => other.axis)
    const help =
      known.length > 0
        ? `axes of the matrix: ${known.join(', ')}`
        : 'this file has no `matrix`; for a literal `${` write `$${`'
    report(`\`\${${path}}\` names nothing`, didYouMean(axis, known), [help])
    return undefined
  }
  let node: TreeNode = choice.value
  let name = axis
  for (const key of keys) {
    const next = childOf(node, key)
    if (!next) {
      const known = entriesOf(node).map(entry => entry.key)
      const help = known.length > 0 ? [`keys there: ${known.join(', ')}`] : undefined
      report(`\`${name}\` has no \`${key}\` where ${axis} is ${choice.name}`, didYouMean(key, known), help)
      return undefined
    }
    node = next
    name = `${name}.${key}`
  }
  return node
}

function insertedText(path: string, node: TreeNode, report: Report): string | undefined {
  if (node.kind === 'scalar') return textOf(node)
  const keys = entriesOf(node).map(entry => `\${${path}.${entry.key}}`)
  report(
    `\`${path}\` is a ${node.kind}, which cannot stand inside a text`,
    undefined,
    keys.length > 0 ? [`name one of its keys: ${keys.join(', ')}`] : undefined,
  )
  return undefined
}
