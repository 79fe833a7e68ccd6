// SPDX-License-Identifier: MIT
import type { Scalar, TreeNode } from './tree.ts'

/**
 * The tree as the validator takes it: plain numbers where they are exact, and the hex text of an integer where they are not. The exact
 * value is taken from the tree after validation.
 */
export function plainData(node: TreeNode): unknown {
  if (node.kind === 'scalar') return plainScalar(node.value)
  if (node.kind === 'list') return node.items.map(plainData)
  const data: Record<string, unknown> = Object.create(null)
  for (const { key, value } of node.entries) data[key] = plainData(value)
  return data
}

function plainScalar(value: Scalar): unknown {
  if (typeof value !== 'bigint') return value
  const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
  if (exact) return Number(value)
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`
}
