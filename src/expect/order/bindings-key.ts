// SPDX-License-Identifier: MIT
import type { Bindings } from '../../events/mismatch.ts'
import { isAddress, isMap, type Value } from '../../events/value.ts'

/** Equal texts for equal bindings, wherever they were bound. */
export function bindingsKey(bindings: Bindings): string {
  if (bindings.size === 0) return ''
  return [...bindings]
    .map(([name, { value }]) => `${name}=${valueKey(value)}`)
    .sort()
    .join()
}

function valueKey(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (isAddress(value)) return `${value.address}@${value.at}`
  if (isMap(value)) return `{${Object.entries(value).map(([name, item]) => `${name}:${valueKey(item)}`)}}`
  return `[${(value as readonly Value[]).map(valueKey)}]`
}
