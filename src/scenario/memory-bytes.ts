// SPDX-License-Identifier: MIT
import type { ValuePattern } from '../events/pattern.ts'
import type { MemoryType } from './scenario.ts'

/** The bytes that an exact value stands for: integers little-endian, texts in UTF-8 with a NUL behind. Undefined for anything inexact. */
export function memoryBytes(type: MemoryType, pattern: ValuePattern): Uint8Array | undefined {
  if (pattern.kind !== 'equal') return undefined
  const { value } = pattern
  if (type === 'bytes' || type === 'string') {
    if (typeof value !== 'string') return undefined
    return type === 'string' ? new TextEncoder().encode(`${value}\0`) : hexBytes(value)
  }
  if (typeof value !== 'bigint') return undefined
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true)
  return bytes.slice(0, Number(type.slice(1)) / 8)
}

function hexBytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '')
  if (!/^([0-9a-f]{2})+$/i.test(digits)) return undefined
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  )
}
