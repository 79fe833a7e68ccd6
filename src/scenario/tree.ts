// SPDX-License-Identifier: MIT
/**
 * A YAML file as plain data in which every node and key knows where it was written. Matrix, substitution, validation and
 * the reading of a scenario all work on it.
 */
import type { Span } from '../diagnostics/source-file.ts'
import type { Located } from './scenario.ts'

export type TreeNode = ScalarNode | MapNode | ListNode

export type Scalar = string | bigint | number | boolean | null
export type ScalarNode = {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: Scalar
  readonly style: 'plain' | 'quoted' | 'literal' | 'folded'
  /** As in `Located`. */
  readonly offsets?: readonly number[]
  /** How a value that is no text is written, where that is not the text of its span. */
  readonly source?: string
}
export type MapEntry = {
  readonly key: string
  readonly keySpan: Span
  readonly value: TreeNode
}
export type MapNode = { readonly kind: 'map'; readonly span: Span; readonly entries: readonly MapEntry[] }
export type ListNode = { readonly kind: 'list'; readonly span: Span; readonly items: readonly TreeNode[] }

export function entryOf(node: TreeNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? node.entries.find(entry => entry.key === key) : undefined
}

export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return entryOf(node, key)?.value
}

export function entriesOf(node: TreeNode | undefined): readonly MapEntry[] {
  return node?.kind === 'map' ? node.entries : []
}

export function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === 'list' ? node.items : []
}

/** A scalar's text: strings as they are, anything else as it stands in the file (`0x10`, not 16). */
export function textOf(node: ScalarNode): string {
  if (typeof node.value === 'string') return node.value
  if (node.source !== undefined) return node.source
  return node.span.file.text.slice(node.span.start, node.span.end)
}

export function located<T>(node: TreeNode, value: T): Located<T> {
  return node.kind === 'scalar' && node.offsets
    ? { value, span: node.span, offsets: node.offsets }
    : { value, span: node.span }
}
