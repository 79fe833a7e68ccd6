// SPDX-License-Identifier: MIT
import { faultText } from './equal-values.ts'
import type { FieldType } from './event-kinds.ts'
import { isAddress, type Value } from './value.ts'

/** A value as goldens and reports write it. Text is quoted unless its field holds names. */
export function formatValue(value: Value, type?: FieldType): string {
  if (value === null) return faultText
  if (typeof value === 'bigint') return formatInteger(value)
  if (typeof value === 'string') return type === 'name' && plainName.test(value) ? value : quote(value)
  if (typeof value === 'boolean') return String(value)
  if (isAddress(value)) return value.at
  if (Array.isArray(value)) return `[${value.map(item => formatValue(item)).join(', ')}]`
  const entries = Object.entries(value as { readonly [name: string]: Value })
  return `{${entries.map(([name, item]) => `${name}=${formatValue(item)}`).join(', ')}}`
}

/** Decimal, but hex from 2^32 on, where numbers are addresses or bit patterns rather than counts. */
export function formatInteger(value: bigint): string {
  return value >= 1n << 32n ? `0x${value.toString(16)}` : value.toString()
}

const plainName = /^[^\s"=,{}[\]]+$/

/** JSON's escapes, and also those of C1 controls and line separators: an event is one line wherever it is shown. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
