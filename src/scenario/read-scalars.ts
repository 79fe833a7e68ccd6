// SPDX-License-Identifier: MIT
import { error, type Report } from './report.ts'
import type { Located } from './scenario.ts'
import { entriesOf, itemsOf, located, type TreeNode } from './tree.ts'

/** Readers of values whose type the schema has checked. */
export function readText(node: TreeNode): Located<string> {
  return located(node, node.kind === 'scalar' ? String(node.value ?? '') : '')
}

export function readTexts(node: TreeNode | undefined): readonly Located<string>[] {
  return itemsOf(node).map(readText)
}

export function readWords(node: TreeNode | undefined): readonly string[] {
  return readTexts(node).map(({ value }) => value)
}

export function readTextMap(node: TreeNode | undefined): ReadonlyMap<string, string> {
  return new Map(entriesOf(node).map(({ key, value }) => [key, readText(value).value]))
}

export function optionalText(node: TreeNode | undefined): string | undefined {
  return node === undefined ? undefined : readText(node).value
}

export function isTrue(node: TreeNode | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true
}

/** An integer of up to 64 bits: -2^63 to 2^64 - 1. */
export function readInteger(node: TreeNode, report: Report): bigint {
  const value = integerOf(node) ?? 0n
  if (!fitsRegister(value))
    report(
      error('S012', node.span, 'this number does not fit into 64 bits', { help: 'from -2^63 to 2^64 - 1' }),
    )
  return value
}

export function locatedInteger(node: TreeNode, report: Report): Located<bigint> {
  return located(node, readInteger(node, report))
}

/** An integer that is small enough to count with; the schema knows its limits. */
export function readCount(node: TreeNode): number {
  return Number(integerOf(node) ?? 0n)
}

export function fitsRegister(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 64n
}

/** The exact value of an integer, also of one that is written as the text `0x…`. */
export function integerOf(node: TreeNode): bigint | undefined {
  if (node.kind !== 'scalar') return undefined
  const { value } = node
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  if (typeof value !== 'string' || !/^-?0x[0-9a-fA-F]+$/.test(value)) return undefined
  return value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value)
}
