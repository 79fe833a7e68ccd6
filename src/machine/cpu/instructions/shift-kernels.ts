// SPDX-License-Identifier: MIT
import { carryWord, type LazyFlags, setCarryOverflow, setResult } from '../flags.ts'

/** Shifts a word of `i32` (or two) by a count that is not 0, below 32 or 64, and sets the flags. */
export type Shift = (i32: Int32Array, flags: LazyFlags, d: number, count: number) => void

/**
 * For counts above 1, where OF is undefined, the rule of count 1 holds: shl, rol and rcl: CF ^ the new sign; shr: the old
 * sign; sar: 0; ror and rcr: the two topmost bits of the result differ.
 */
export const shifts64 = {
  shl(i32, flags, d, count) {
    const al = i32[d]!
    const ah = i32[d + 1]!
    const low = count < 32 ? al << count : 0
    const high = count < 32 ? (ah << count) | ((al >>> 1) >>> (31 - count)) : al << (count - 32)
    // The last bit out; a JavaScript shift by 32 is one by 0, which is right for a count of 32.
    const out = (count <= 32 ? ah >>> (32 - count) : al >>> (64 - count)) & 1
    i32[d] = low
    i32[d + 1] = high
    setResult(flags, low, high, (out << 31) | ((high >>> 31) << 30))
  },
  shr(i32, flags, d, count) {
    const al = i32[d]!
    const ah = i32[d + 1]!
    const low = count < 32 ? (al >>> count) | ((ah << 1) << (31 - count)) : (ah >>> (count - 32)) | 0
    const high = count < 32 ? (ah >>> count) | 0 : 0
    const carry = count <= 32 ? (al >>> (count - 1)) & 1 : (ah >>> (count - 33)) & 1
    i32[d] = low
    i32[d + 1] = high
    setResult(flags, low, high, carryWord(carry, ah >>> 31))
  },
  sar(i32, flags, d, count) {
    const al = i32[d]!
    const ah = i32[d + 1]!
    const low = count < 32 ? (al >>> count) | ((ah << 1) << (31 - count)) : ah >> (count - 32)
    const high = count < 32 ? ah >> count : ah >> 31
    const carry = count <= 32 ? (al >>> (count - 1)) & 1 : (ah >>> (count - 33)) & 1
    i32[d] = low
    i32[d + 1] = high
    setResult(flags, low, high, carryWord(carry, 0))
  },
  rol(i32, flags, d, count) {
    rotateLeft(i32, d, count)
    const carry = i32[d]! & 1
    setCarryOverflow(flags, carry, carry ^ (i32[d + 1]! >>> 31))
  },
  ror(i32, flags, d, count) {
    rotateLeft(i32, d, 64 - count)
    const high = i32[d + 1]!
    setCarryOverflow(flags, high >>> 31, ((high >>> 31) ^ (high >>> 30)) & 1)
  },
  rcl(i32, flags, d, count) {
    let al = i32[d]!
    let ah = i32[d + 1]!
    let carry = flags[2]! >>> 31
    for (let n = 0; n < count; n++) {
      const out = ah >>> 31
      ah = (ah << 1) | (al >>> 31)
      al = (al << 1) | carry
      carry = out
    }
    i32[d] = al
    i32[d + 1] = ah
    setCarryOverflow(flags, carry, carry ^ (ah >>> 31))
  },
  rcr(i32, flags, d, count) {
    let al = i32[d]!
    let ah = i32[d + 1]!
    let carry = flags[2]! >>> 31
    for (let n = 0; n < count; n++) {
      const out = al & 1
      al = (al >>> 1) | (ah << 31)
      ah = (ah >>> 1) | (carry << 31)
      carry = out
    }
    i32[d] = al
    i32[d + 1] = ah
    setCarryOverflow(flags, carry, ((ah >>> 31) ^ (ah >>> 30)) & 1)
  },
} as const satisfies Record<string, Shift>

function rotateLeft(i32: Int32Array, d: number, count: number): void {
  const swap = count >= 32
  const al = i32[d + (swap ? 1 : 0)]!
  const ah = i32[d + (swap ? 0 : 1)]!
  const by = count & 31
  i32[d] = (al << by) | ((ah >>> 1) >>> (31 - by))
  i32[d + 1] = (ah << by) | ((al >>> 1) >>> (31 - by))
}

export const shifts32: Record<keyof typeof shifts64, Shift> = {
  shl: (i32, flags, d, count) => store(i32, d, narrowShifts.shl(flags, i32[d]!, count, 32)),
  shr: (i32, flags, d, count) => store(i32, d, narrowShifts.shr(flags, i32[d]!, count, 32)),
  sar: (i32, flags, d, count) => store(i32, d, narrowShifts.sar(flags, i32[d]!, count, 32)),
  rol: (i32, flags, d, count) => store(i32, d, narrowShifts.rol(flags, i32[d]!, count, 32)),
  ror: (i32, flags, d, count) => store(i32, d, narrowShifts.ror(flags, i32[d]!, count, 32)),
  rcl: (i32, flags, d, count) => store(i32, d, narrowShifts.rcl(flags, i32[d]!, count, 32)),
  rcr: (i32, flags, d, count) => store(i32, d, narrowShifts.rcr(flags, i32[d]!, count, 32)),
}

function store(i32: Int32Array, d: number, value: number): void {
  i32[d] = value
  i32[d + 1] = 0
}

/** Shifts of a sign-extended value of `width` (8, 16 or 32) bits by 1 to 31: the sign-extended result. */
type NarrowShift = (flags: LazyFlags, value: number, count: number, width: number) => number

export const narrowShifts: Record<keyof typeof shifts64, NarrowShift> = {
  shl(flags, value, count, width) {
    const room = 32 - width
    const result = ((value << count) << room) >> room
    // Counts above the width of 8 and 16 bits have moved everything out.
    const carry = count <= width ? (value >>> (width - count)) & 1 : 0
    setResult(flags, result, result, (carry << 31) | ((result >>> 31) << 30))
    return result
  },
  shr(flags, value, count, width) {
    const room = 32 - width
    const unsigned = (value << room) >>> room
    const result = ((unsigned >>> count) << room) >> room
    const carry = (unsigned >>> (count - 1)) & 1
    setResult(flags, result, result, carryWord(carry, value >>> 31))
    return result
  },
  sar(flags, value, count) {
    const result = value >> count
    setResult(flags, result, result, carryWord((value >> (count - 1)) & 1, 0))
    return result
  },
  rol(flags, value, count, width) {
    const result = rotate(value, count & (width - 1), width)
    const carry = result & 1
    setCarryOverflow(flags, carry, carry ^ (result >>> 31))
    return result
  },
  ror(flags, value, count, width) {
    const result = rotate(value, -count & (width - 1), width)
    setCarryOverflow(flags, result >>> 31, ((result >>> (width - 1)) ^ (result >>> (width - 2))) & 1)
    return result
  },
  rcl(flags, value, count, width) {
    let result = value
    let carry = flags[2]! >>> 31
    for (let n = count % (width + 1); n > 0; n--) {
      const out = (result >>> (width - 1)) & 1
      result = (result << 1) | carry
      carry = out
    }
    if (count % (width + 1) !== 0) setCarryOverflow(flags, carry, carry ^ ((result >>> (width - 1)) & 1))
    return (result << (32 - width)) >> (32 - width)
  },
  rcr(flags, value, count, width) {
    const room = 32 - width
    let result = (value << room) >>> room
    let carry = flags[2]! >>> 31
    for (let n = count % (width + 1); n > 0; n--) {
      const out = result & 1
      result = (result >>> 1) | (carry << (width - 1))
      carry = out
    }
    if (count % (width + 1) !== 0)
      setCarryOverflow(flags, carry, ((result >>> (width - 1)) ^ (result >>> (width - 2))) & 1)
    return (result << room) >> room
  },
}

function rotate(value: number, left: number, width: number): number {
  const room = 32 - width
  const unsigned = (value << room) >>> room
  if (left === 0) return (value << room) >> room
  return (((unsigned << left) | (unsigned >>> (width - left))) << room) >> room
}
