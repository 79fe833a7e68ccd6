// SPDX-License-Identifier: MIT
/**
 * Arithmetic flags, kept as four words until somebody asks (all operations write the same four, so no kind is needed):
 *
 * - `flags[0]`, `flags[1]`: low and high half of the result; both the sign-extended result for operands of up to 32 bits.
 *   ZF: both are zero. SF: bit 31 of the high half. PF: the lowest byte.
 * - `flags[2]`: the carries out of the two topmost bits of the operation: bit 31 is CF, bit 31 ^ bit 30 is OF.
 * - `flags[3]`: bit 4 is AF; bit 31 inverts SF and bit 2 inverts PF, for flags that no result could have.
 *
 * Flags that the architecture leaves undefined follow one rule: AF is clear after logic, shifts and multiplication; SF, ZF
 * and PF follow the low half of a product; the others keep the formula of the defined case or stay as they were.
 */
export type LazyFlags = Int32Array

const carry = 1
const parity = 4
const auxiliary = 0x10
const zero = 0x40
const sign = 0x80
const overflow = 0x800
export const arithmeticFlags = carry | parity | auxiliary | zero | sign | overflow

/** 1 when the number of ones in the lowest byte is even. */
function evenParity(value: number): number {
  return (0x9669 >>> ((value ^ (value >>> 4)) & 15)) & 1
}

/** The six arithmetic flags at their places in rflags. */
export function readFlags(flags: LazyFlags): number {
  const low = flags[0]!
  const high = flags[1]!
  const carries = flags[2]!
  const extra = flags[3]!
  return (
    (carries >>> 31) |
    ((evenParity(low) << 2) ^ (extra & parity)) |
    (extra & auxiliary) |
    ((low | high) === 0 ? zero : 0) |
    (((high ^ extra) >>> 24) & sign) |
    (((carries ^ (carries << 1)) >>> 20) & overflow)
  )
}

/** Sets the six arithmetic flags from their places in rflags. */
export function writeFlags(flags: LazyFlags, rflags: number): void {
  const low = (rflags & zero) === 0 ? 1 : 0
  flags[0] = low
  flags[1] = 0
  flags[2] = carryWord(rflags & carry, (rflags & overflow) >>> 11)
  flags[3] =
    ((rflags & parity) ^ (evenParity(low) << 2)) |
    (rflags & auxiliary) |
    ((rflags & sign) === 0 ? 0 : 1 << 31)
}

/** `flags[2]` for a carry and an overflow of 0 or 1. */
export function carryWord(carryFlag: number, overflowFlag: number): number {
  return (carryFlag << 31) | ((carryFlag ^ overflowFlag) << 30)
}

/** Replaces CF and OF and keeps the others. */
export function setCarryOverflow(flags: LazyFlags, carryFlag: number, overflowFlag: number): void {
  flags[2] = (carryFlag << 31) | ((carryFlag ^ overflowFlag) << 30)
}

/** Sets the flags of a result with the given CF and OF, AF clear. */
export function setResult(flags: LazyFlags, low: number, high: number, carries: number): void {
  flags[0] = low
  flags[1] = high
  flags[2] = carries
  flags[3] = 0
}

export const isOverflow = (f: LazyFlags): boolean => (f[2]! ^ (f[2]! << 1)) < 0
export const isBelow = (f: LazyFlags): boolean => f[2]! < 0
export const isEqual = (f: LazyFlags): boolean => (f[0]! | f[1]!) === 0
export const isBelowOrEqual = (f: LazyFlags): boolean => f[2]! < 0 || (f[0]! | f[1]!) === 0
export const isSign = (f: LazyFlags): boolean => (f[1]! ^ f[3]!) < 0
export const isParity = (f: LazyFlags): boolean => ((f[3]! >>> 2) & 1) !== evenParity(f[0]!)
export const isLess = (f: LazyFlags): boolean => (f[1]! ^ f[3]! ^ f[2]! ^ (f[2]! << 1)) < 0
export const isLessOrEqual = (f: LazyFlags): boolean =>
  (f[1]! ^ f[3]! ^ f[2]! ^ (f[2]! << 1)) < 0 || (f[0]! | f[1]!) === 0

/** Evaluates a condition by the number that the encoding has for it (Intel SDM 2D, table B-10). */
export function evaluate(f: LazyFlags, condition: number): boolean {
  const positive = (condition & 1) === 0
  switch (condition >> 1) {
    case 0:
      return isOverflow(f) === positive
    case 1:
      return isBelow(f) === positive
    case 2:
      return isEqual(f) === positive
    case 3:
      return isBelowOrEqual(f) === positive
    case 4:
      return isSign(f) === positive
    case 5:
      return isParity(f) === positive
    case 6:
      return isLess(f) === positive
    default:
      return isLessOrEqual(f) === positive
  }
}
