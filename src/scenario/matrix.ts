// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { entriesOf, itemsOf, type MapEntry, type MapNode, type TreeNode, textOf } from './tree.ts'
import type { Choice, Variant } from './variant.ts'

/** A name stands in test ids, in file names and in KTAP lines. */
const namePattern = /^[A-Za-z0-9_.+-]+$/

/** Every combination of the axes, less `exclude`, plus `include`; one empty variant where there is no matrix. */
export function expandMatrix(matrix: MapEntry | undefined): {
  readonly variants: readonly Variant[]
  readonly diagnostics: readonly Diagnostic[]
} {
  if (matrix === undefined) return { variants: [[]], diagnostics: [] }
  const diagnostics: Diagnostic[] = []
  if (matrix.value.kind !== 'map') return { variants: [], diagnostics: [notAMap(matrix)] }
  const entries = entriesOf(matrix.value)
  const axes = entries
    .filter(({ key }) => key !== 'exclude' && key !== 'include')
    .map(entry => readAxis(entry, diagnostics))
  const listed = (key: string) => {
    const entry = entries.find(other => other.key === key)
    if (entry && entry.value.kind !== 'list')
      diagnostics.push(problem(entry.keySpan, `\`${key}\` must be a list of combinations`, combinationHelp))
    return itemsOf(entry?.value).flatMap(item => readCombination(item, axes, key, diagnostics) ?? [])
  }
  const excluded = listed('exclude')
  const included = listed('include')
  const all = axes.reduce<Variant[]>(
    (variants, axis) => variants.flatMap(variant => axis.choices.map(choice => [...variant, choice])),
    [[]],
  )
  const kept = all.filter(variant => !excluded.some(({ names }) => matches(variant, names)))
  for (const { names, span } of excluded)
    if (diagnostics.length === 0 && !all.some(variant => matches(variant, names)))
      diagnostics.push(problem(span, 'this `exclude` removes nothing'))
  const variants = [...kept]
  for (const { names, span } of included) {
    const variant = axes.map(axis => includedChoice(axis, names, span, diagnostics))
    if (variant.some(choice => choice === undefined)) continue
    if (variants.some(other => matches(other, names)))
      diagnostics.push(problem(span, 'this combination is already in the matrix'))
    variants.push(variant as Choice[])
  }
  if (diagnostics.length === 0 && variants.length === 0)
    diagnostics.push(problem(matrix.keySpan, 'no combination of this matrix is left'))
  return { variants: diagnostics.length === 0 ? variants : [], diagnostics }
}

type Axis = {
  readonly key: string
  readonly named: boolean
  readonly choices: readonly Choice[]
}
type Combination = { readonly names: ReadonlyMap<string, TreeNode>; readonly span: Span }

const combinationHelp = 'for example   - { insn: nop, consumers: 2 }'

function notAMap(matrix: MapEntry): Diagnostic {
  return problem(
    matrix.keySpan,
    '`matrix` must be a map of axes',
    'for example   matrix: { consumers: [1, 2] }',
  )
}

function readAxis({ key, keySpan, value }: MapEntry, diagnostics: Diagnostic[]): Axis {
  if (!namePattern.test(key))
    diagnostics.push(problem(keySpan, `\`${key}\` cannot be the name of an axis`, nameHelp))
  if (value.kind === 'scalar' || sizeOf(value) === 0) {
    diagnostics.push(
      problem(
        keySpan,
        `axis \`${key}\` has no values`,
        `for example   ${key}: [1, 2]   or   ${key}: { name: value }`,
      ),
    )
    return { key, named: false, choices: [] }
  }
  const choices =
    value.kind === 'map'
      ? value.entries.map(entry => ({ axis: key, name: entry.key, value: entry.value, span: entry.keySpan }))
      : value.items.map(item => ({ axis: key, name: nameOf(item), value: item, span: item.span }))
  for (const [index, { name, span }] of choices.entries()) {
    if (!namePattern.test(name)) {
      diagnostics.push(
        problem(
          span,
          'this value cannot be a name in a test id',
          `give it one:   ${key}: { name: … }   (${nameHelp})`,
        ),
      )
    } else if (choices.findIndex(other => other.name === name) < index) {
      diagnostics.push(problem(span, `axis \`${key}\` has \`${name}\` twice`))
    }
  }
  return { key, named: value.kind === 'map', choices }
}

const nameHelp = 'letters, digits and _ . + -'

function sizeOf(node: TreeNode): number {
  return node.kind === 'map' ? node.entries.length : node.kind === 'list' ? node.items.length : 1
}

function nameOf(node: TreeNode): string {
  return node.kind === 'scalar' ? textOf(node) : ''
}

function readCombination(
  node: TreeNode,
  axes: readonly Axis[],
  key: string,
  diagnostics: Diagnostic[],
): Combination | undefined {
  if (node.kind !== 'map') {
    diagnostics.push(problem(node.span, `an entry of \`${key}\` names values of axes`, combinationHelp))
    return undefined
  }
  const before = diagnostics.length
  checkCombination(node, axes, key, diagnostics)
  if (diagnostics.length > before) return undefined
  return { names: new Map(node.entries.map(entry => [entry.key, entry.value])), span: node.span }
}

function checkCombination(
  node: MapNode,
  axes: readonly Axis[],
  key: string,
  diagnostics: Diagnostic[],
): void {
  for (const entry of node.entries) {
    const axis = axes.find(other => other.key === entry.key)
    if (!axis) {
      diagnostics.push(
        unknownName(
          entry.keySpan,
          `the matrix has no axis \`${entry.key}\``,
          entry.key,
          axes.map(a => a.key),
        ),
      )
      continue
    }
    const names = axis.choices.map(choice => choice.name)
    const name = nameOf(entry.value)
    if (names.includes(name) || (key === 'include' && !axis.named && namePattern.test(name))) continue
    diagnostics.push(
      unknownName(entry.value.span, `axis \`${entry.key}\` has no value named \`${name}\``, name, names),
    )
  }
}

function unknownName(span: Span, message: string, name: string, names: readonly string[]): Diagnostic {
  const text = didYouMean(name, names)
  return {
    code: 'S021',
    severity: 'error',
    message,
    labels: [{ span, ...(text && { text }) }],
    help: [`known here: ${names.join(', ')}`],
  }
}

function matches(variant: Variant, names: ReadonlyMap<string, TreeNode>): boolean {
  return [...names].every(([axis, node]) =>
    variant.some(choice => choice.axis === axis && choice.name === nameOf(node)),
  )
}

function includedChoice(
  axis: Axis,
  names: ReadonlyMap<string, TreeNode>,
  span: Span,
  diagnostics: Diagnostic[],
): Choice | undefined {
  const node = names.get(axis.key)
  if (node === undefined) {
    diagnostics.push(problem(span, `this combination says nothing for axis \`${axis.key}\``))
    return undefined
  }
  const known = axis.choices.find(choice => choice.name === nameOf(node))
  return known ?? { axis: axis.key, name: nameOf(node), value: node }
}

function problem(span: Span, message: string, help?: string): Diagnostic {
  return { code: 'S020', severity: 'error', message, labels: [{ span }], ...(help && { help: [help] }) }
}
