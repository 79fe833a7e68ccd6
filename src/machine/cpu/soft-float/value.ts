// SPDX-License-Identifier: MIT
/**
 * A floating-point number taken apart. Finite ones are significand × 2^exponent with any number of significand bits; a NaN has
 * its significand left-justified in 64 bits (bit 63 set, bit 62 quiet), so that it fits every format.
 */
export type Value = {
  readonly kind: Kind
  readonly sign: 0 | 1
  readonly exponent: number
  readonly significand: bigint
  /** It was a denormal of its format. */
  readonly denormal: boolean
}

/** `unsupported`: an encoding of 80 bits that no operation takes (Intel SDM 1 §8.2.2). */
export const Kind = { zero: 0, finite: 1, infinity: 2, nan: 3, unsupported: 4 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

const quietBit = 1n << 62n

export function zero(sign: 0 | 1): Value {
  return { kind: Kind.zero, sign, exponent: 0, significand: 0n, denormal: false }
}

export function infinity(sign: 0 | 1): Value {
  return { kind: Kind.infinity, sign, exponent: 0, significand: 0n, denormal: false }
}

export function finite(sign: 0 | 1, significand: bigint, exponent: number, denormal = false): Value {
  return { kind: Kind.finite, sign, exponent, significand, denormal }
}

export const unsupported: Value = {
  kind: Kind.unsupported,
  sign: 0,
  exponent: 0,
  significand: 0n,
  denormal: false,
}

export function nan(sign: 0 | 1, significand: bigint): Value {
  return { kind: Kind.nan, sign, exponent: 0, significand, denormal: false }
}

/** What an invalid operation gives: a quiet NaN, negative, without payload (Intel SDM 1 §4.8.3.7). */
export const indefinite: Value = nan(1, 3n << 62n)

export function isSignaling(value: Value): boolean {
  return value.kind === Kind.nan && (value.significand & quietBit) === 0n
}

export function quiet(value: Value): Value {
  return nan(value.sign, value.significand | quietBit)
}

export function negate(value: Value): Value {
  return { ...value, sign: value.sign === 0 ? 1 : 0 }
}

/** Number of bits of a positive significand. */
export function bitLength(significand: bigint): number {
  if (significand < 1n << 53n) return significand === 0n ? 0 : widthOf(Number(significand))
  const digits = significand.toString(16)
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28
}

function widthOf(value: number): number {
  const high = Math.floor(value / 0x1_0000_0000)
  return high === 0 ? 32 - Math.clz32(value) : 64 - Math.clz32(high)
}

/** The order of two values that are no NaNs: negative, 0 or positive. */
export function order(a: Value, b: Value): number {
  if (a.kind === Kind.zero && b.kind === Kind.zero) return 0
  const signA = signum(a)
  const signB = signum(b)
  if (signA !== signB || signA === 0) return signA - signB
  return signA * orderOfMagnitudes(a, b)
}

function signum({ kind, sign }: Value): number {
  return kind === Kind.zero ? 0 : sign === 0 ? 1 : -1
}

/** Of two non-zero values. */
function orderOfMagnitudes(a: Value, b: Value): number {
  if (a.kind === Kind.infinity || b.kind === Kind.infinity)
    return (a.kind === Kind.infinity ? 1 : 0) - (b.kind === Kind.infinity ? 1 : 0)
  const topA = a.exponent + bitLength(a.significand)
  const topB = b.exponent + bitLength(b.significand)
  if (topA !== topB) return topA - topB
  const shift = a.exponent - b.exponent
  const left = shift > 0 ? a.significand << BigInt(shift) : a.significand
  const right = shift < 0 ? b.significand << BigInt(-shift) : b.significand
  return left < right ? -1 : left > right ? 1 : 0
}
