// SPDX-License-Identifier: MIT
import type { ValuePattern } from '../events/pattern.ts'
import type { Value } from '../events/value.ts'
import type { MemoryType } from '../scenario/scenario.ts'

/** Strings are compared up to this many bytes. */
const longestString = 256

/** How many bytes of memory a check looks at. */
export function memoryLength(type: MemoryType, pattern: ValuePattern): number {
  if (type === 'string') return longestString
  if (type !== 'bytes') return Number(type.slice(1)) / 8
  return pattern.kind === 'equal' && typeof pattern.value === 'string' ? hexPairs(pattern.value).length : 16
}

/** Memory as a value of its type: little-endian integers, text up to its NUL, or hex pairs. */
export function memoryValue(type: MemoryType, bytes: Uint8Array): Value {
  if (type === 'bytes') return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
  if (type === 'string') {
    const end = bytes.indexOf(0)
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
  }
  const unsigned = bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n)
  return type.startsWith('s') ? BigInt.asIntN(8 * bytes.length, unsigned) : unsigned
}

/** Whether bytes fit text of hex pairs, where `??` is any byte. */
export function fitsBytes(text: string, bytes: Uint8Array): boolean {
  const pairs = hexPairs(text)
  return (
    pairs.length === bytes.length &&
    pairs.every((pair, at) => pair === '??' || parseInt(pair, 16) === bytes[at])
  )
}

function hexPairs(text: string): readonly string[] {
  return text.replace(/\s+/g, '').match(/../g) ?? []
}
