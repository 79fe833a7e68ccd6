// SPDX-License-Identifier: MIT
import type { Kernel } from './arithmetic.ts'

/** Kernels for operands of 64 bits. Carries come from the vectors of carries and borrows (see `flags.ts`). */
export const wide64 = {
  add:
    ({ i32, flags }, d, s) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const bl = i32[s]!
      const bh = i32[s + 1]!
      const low = (al + bl) | 0
      const high = (ah + bh + (low >>> 0 < al >>> 0 ? 1 : 0)) | 0
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = (ah & bh) | ((ah | bh) & ~high)
      flags[3] = (al ^ bl ^ low) & 16
      return 0
    },
  adc:
    ({ i32, flags }, d, s) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const bl = i32[s]!
      const bh = i32[s + 1]!
      const low = (al + bl + (flags[2]! >>> 31)) | 0
      const high = (ah + bh + (((al & bl) | ((al | bl) & ~low)) >>> 31)) | 0
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = (ah & bh) | ((ah | bh) & ~high)
      flags[3] = (al ^ bl ^ low) & 16
      return 0
    },
  sub:
    ({ i32, flags }, d, s) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const bl = i32[s]!
      const bh = i32[s + 1]!
      const low = (al - bl) | 0
      const high = (ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0)) | 0
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = (~ah & bh) | ((~ah | bh) & high)
      flags[3] = (al ^ bl ^ low) & 16
      return 0
    },
  sbb:
    ({ i32, flags }, d, s) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const bl = i32[s]!
      const bh = i32[s + 1]!
      const low = (al - bl - (flags[2]! >>> 31)) | 0
      const high = (ah - bh - (((~al & bl) | ((~al | bl) & low)) >>> 31)) | 0
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = (~ah & bh) | ((~ah | bh) & high)
      flags[3] = (al ^ bl ^ low) & 16
      return 0
    },
  cmp:
    ({ i32, flags }, d, s) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const bl = i32[s]!
      const bh = i32[s + 1]!
      const low = (al - bl) | 0
      const high = (ah - bh - (al >>> 0 < bl >>> 0 ? 1 : 0)) | 0
      flags[0] = low
      flags[1] = high
      flags[2] = (~ah & bh) | ((~ah | bh) & high)
      flags[3] = (al ^ bl ^ low) & 16
      return 0
    },
  and:
    ({ i32, flags }, d, s) =>
    () => {
      const low = i32[d]! & i32[s]!
      const high = i32[d + 1]! & i32[s + 1]!
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  or:
    ({ i32, flags }, d, s) =>
    () => {
      const low = i32[d]! | i32[s]!
      const high = i32[d + 1]! | i32[s + 1]!
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  xor:
    ({ i32, flags }, d, s) =>
    () => {
      const low = i32[d]! ^ i32[s]!
      const high = i32[d + 1]! ^ i32[s + 1]!
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  test:
    ({ i32, flags }, d, s) =>
    () => {
      flags[0] = i32[d]! & i32[s]!
      flags[1] = i32[d + 1]! & i32[s + 1]!
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  // inc and dec keep CF: it stays at the top of flags[2], and OF is told by the bit below.
  inc:
    ({ i32, flags }, d) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const low = (al + 1) | 0
      const high = low === 0 ? (ah + 1) | 0 : ah
      const carry = flags[2]! & 0x8000_0000
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = carry | (((carry >>> 1) ^ ((~ah & high) >>> 1)) & 0x4000_0000)
      flags[3] = (al ^ low) & 16
      return 0
    },
  dec:
    ({ i32, flags }, d) =>
    () => {
      const al = i32[d]!
      const ah = i32[d + 1]!
      const low = (al - 1) | 0
      const high = al === 0 ? (ah - 1) | 0 : ah
      const carry = flags[2]! & 0x8000_0000
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = carry | (((carry >>> 1) ^ ((ah & ~high) >>> 1)) & 0x4000_0000)
      flags[3] = (al ^ low) & 16
      return 0
    },
  neg:
    ({ i32, flags }, d) =>
    () => {
      const bl = i32[d]!
      const bh = i32[d + 1]!
      const low = -bl | 0
      const high = (-bh - (bl === 0 ? 0 : 1)) | 0
      i32[d] = low
      i32[d + 1] = high
      flags[0] = low
      flags[1] = high
      flags[2] = bh | high
      flags[3] = (bl ^ low) & 16
      return 0
    },
  not:
    ({ i32 }, d) =>
    () => {
      i32[d] = ~i32[d]!
      i32[d + 1] = ~i32[d + 1]!
      return 0
    },
} as const satisfies Record<string, Kernel>

/** Kernels for operands of 32 bits, which clear the upper half of a destination register. */
export const wide32: Record<keyof typeof wide64, Kernel> = {
  add:
    ({ i32, flags }, d, s) =>
    () => {
      const a = i32[d]!
      const b = i32[s]!
      const result = (a + b) | 0
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = (a & b) | ((a | b) & ~result)
      flags[3] = (a ^ b ^ result) & 16
      return 0
    },
  adc:
    ({ i32, flags }, d, s) =>
    () => {
      const a = i32[d]!
      const b = i32[s]!
      const result = (a + b + (flags[2]! >>> 31)) | 0
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = (a & b) | ((a | b) & ~result)
      flags[3] = (a ^ b ^ result) & 16
      return 0
    },
  sub:
    ({ i32, flags }, d, s) =>
    () => {
      const a = i32[d]!
      const b = i32[s]!
      const result = (a - b) | 0
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = (~a & b) | ((~a | b) & result)
      flags[3] = (a ^ b ^ result) & 16
      return 0
    },
  sbb:
    ({ i32, flags }, d, s) =>
    () => {
      const a = i32[d]!
      const b = i32[s]!
      const result = (a - b - (flags[2]! >>> 31)) | 0
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = (~a & b) | ((~a | b) & result)
      flags[3] = (a ^ b ^ result) & 16
      return 0
    },
  cmp:
    ({ i32, flags }, d, s) =>
    () => {
      const a = i32[d]!
      const b = i32[s]!
      const result = (a - b) | 0
      flags[0] = result
      flags[1] = result
      flags[2] = (~a & b) | ((~a | b) & result)
      flags[3] = (a ^ b ^ result) & 16
      return 0
    },
  and:
    ({ i32, flags }, d, s) =>
    () => {
      const result = i32[d]! & i32[s]!
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  or:
    ({ i32, flags }, d, s) =>
    () => {
      const result = i32[d]! | i32[s]!
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  xor:
    ({ i32, flags }, d, s) =>
    () => {
      const result = i32[d]! ^ i32[s]!
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  test:
    ({ i32, flags }, d, s) =>
    () => {
      const result = i32[d]! & i32[s]!
      flags[0] = result
      flags[1] = result
      flags[2] = 0
      flags[3] = 0
      return 0
    },
  inc:
    ({ i32, flags }, d) =>
    () => {
      const a = i32[d]!
      const result = (a + 1) | 0
      const carry = flags[2]! & 0x8000_0000
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = carry | (((carry >>> 1) ^ ((~a & result) >>> 1)) & 0x4000_0000)
      flags[3] = (a ^ result) & 16
      return 0
    },
  dec:
    ({ i32, flags }, d) =>
    () => {
      const a = i32[d]!
      const result = (a - 1) | 0
      const carry = flags[2]! & 0x8000_0000
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = carry | (((carry >>> 1) ^ ((a & ~result) >>> 1)) & 0x4000_0000)
      flags[3] = (a ^ result) & 16
      return 0
    },
  neg:
    ({ i32, flags }, d) =>
    () => {
      const b = i32[d]!
      const result = -b | 0
      i32[d] = result
      i32[d + 1] = 0
      flags[0] = result
      flags[1] = result
      flags[2] = b | result
      flags[3] = (b ^ result) & 16
      return 0
    },
  not:
    ({ i32 }, d) =>
    () => {
      i32[d] = ~i32[d]!
      i32[d + 1] = 0
      return 0
    },
}
