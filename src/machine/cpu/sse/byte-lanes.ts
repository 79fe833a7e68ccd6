// SPDX-License-Identifier: MIT
/** Four bytes of a 32-bit word at a time. */

const tops = 0x8080_8080 | 0
const rest = 0x7f7f_7f7f

export function addBytes(a: number, b: number): number {
  return ((a & rest) + (b & rest)) ^ ((a ^ b) & tops)
}

export function subtractBytes(a: number, b: number): number {
  return ((a | tops) - (b & rest)) ^ ((a ^ ~b) & tops)
}

/** 0xff where the bytes are equal. */
export function equalBytes(a: number, b: number): number {
  const x = a ^ b
  return fill(~(((x & rest) + rest) | x | rest))
}

/** 0xff where a ≥ b, unsigned. */
export function notBelowBytes(a: number, b: number): number {
  const difference = (a | tops) - (b & rest)
  return fill(((a & ~b) | (~(a ^ b) & difference)) & tops)
}

/** 0xff where a > b, signed. */
export function greaterBytes(a: number, b: number): number {
  return ~notBelowBytes(b ^ tops, a ^ tops)
}

export function minBytes(a: number, b: number): number {
  const mask = notBelowBytes(a, b)
  return (b & mask) | (a & ~mask)
}

export function maxBytes(a: number, b: number): number {
  const mask = notBelowBytes(a, b)
  return (a & mask) | (b & ~mask)
}

/** The highest bit of every byte, in bits 0 to 3. */
export function signsOfBytes(a: number): number {
  return Math.imul((a & tops) >>> 7, 0x1020_4080) >>> 28
}

/** Spreads the highest bit of each byte, the only one that may be set, over the byte. */
function fill(signs: number): number {
  return (signs << 1) - (signs >>> 7)
}
