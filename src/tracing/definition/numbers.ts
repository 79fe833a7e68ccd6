// SPDX-License-Identifier: MIT
type BadNumber = 'EINVAL' | 'ERANGE'

const digitsOf = { 8: /^[0-7]+/, 10: /^[0-9]+/, 16: /^[0-9a-f]+/i } as const
const prefixOf = { 8: '0o', 10: '', 16: '0x' } as const

/**
 * A number as the kernel's kstrtoul reads it: base 0 takes `0x` as hexadecimal and a leading `0` as octal, one `+` may stand in front,
 * the whole text must be used up, and what does not fit into 64 bits is out of range even when rubbish follows.
 */
export function parseUnsigned(text: string, base: 0 | 10 = 0): bigint | BadNumber {
  return magnitude(text.startsWith('+') ? text.slice(1) : text, base)
}

/** As kstrtol: -2^63 … 2^63-1, with a sign of either kind in front. */
export function parseSigned(text: string): bigint | BadNumber {
  const negative = text.startsWith('-')
  const value = negative ? magnitude(text.slice(1), 0) : parseUnsigned(text)
  if (typeof value === 'string') return value
  const limit = negative ? 1n << 63n : (1n << 63n) - 1n
  if (value > limit) return 'ERANGE'
  return negative ? -value : value
}

/** As simple_strtoul: takes what is a number at the start of the text, 0 if nothing is, and says how many characters that was. */
export function scanUnsigned(text: string): { readonly value: bigint; readonly length: number } {
  const { radix, skip } = radixOf(text, 0)
  const digits = digitsOf[radix].exec(text.slice(skip))?.[0] ?? ''
  if (digits === '') return { value: 0n, length: 0 }
  return { value: BigInt.asUintN(64, BigInt(prefixOf[radix] + digits)), length: skip + digits.length }
}

function magnitude(text: string, base: 0 | 10): bigint | BadNumber {
  const { radix, skip } = radixOf(text, base)
  const rest = text.slice(skip)
  const digits = digitsOf[radix].exec(rest)?.[0]
  if (digits === undefined) return 'EINVAL'
  const value = BigInt(prefixOf[radix] + digits)
  if (value >> 64n !== 0n) return 'ERANGE'
  return digits.length === rest.length ? value : 'EINVAL'
}

function radixOf(text: string, base: 0 | 10): { radix: 8 | 10 | 16; skip: number } {
  if (base === 10 || !text.startsWith('0')) return { radix: 10, skip: 0 }
  return /^0x[0-9a-f]/i.test(text) ? { radix: 16, skip: 2 } : { radix: 8, skip: 0 }
}
