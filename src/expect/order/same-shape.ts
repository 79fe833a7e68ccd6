// SPDX-License-Identifier: MIT
import type { OrderNode } from '../../scenario/scenario.ts'

/** Whether two nodes say the same apart from where they stand in the file; nodes with `as:` or `after:` are always different. */
export function sameShape(a: OrderNode, b: OrderNode): boolean {
  return !isLabelled(a) && !isLabelled(b) && sameData(a, b)
}

function isLabelled(node: OrderNode): boolean {
  if (node.as || node.after.length > 0) return true
  if (node.kind === 'event') return false
  return (node.kind === 'interleave' ? [...node.lanes.values()] : node.items).some(isLabelled)
}

function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Map || b instanceof Map) {
    return a instanceof Map && b instanceof Map && sameData([...a], [...b])
  }
  const keys = dataKeys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === dataKeys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && sameData(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}

function dataKeys(object: object): string[] {
  return Object.keys(object).filter(key => key !== 'span' && key !== 'keySpan')
}
