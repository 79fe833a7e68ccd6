// SPDX-License-Identifier: MIT
/** A sequence of numbers 0 ≤ x < 1 that depends on the seed alone (splitmix32 over both halves of a 64-bit seed). */
export function seededRandom(seed: bigint): () => number {
  let state = (Number(seed & 0xffffffffn) ^ Math.imul(Number((seed >> 32n) & 0xffffffffn), 0x85ebca6b)) >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    mixed ^= mixed >>> 15
    return (mixed >>> 0) / 0x1_0000_0000
  }
}
