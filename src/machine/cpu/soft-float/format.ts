// SPDX-License-Identifier: MIT
import { bitLength, finite, infinity, Kind, nan, type Value, zero } from './value.ts'

/** Bits of a significand, and the range of exponents of normal numbers: 2^minExponent ≤ |x| < 2^(maxExponent + 1). */
export type Format = {
  readonly precision: number
  readonly maxExponent: number
  readonly minExponent: number
  /** What is added to an exponent, or taken from it, when an unmasked underflow or overflow delivers a result. */
  readonly adjustment: number
}

export const single: Format = { precision: 24, maxExponent: 127, minExponent: -126, adjustment: 192 }
export const double: Format = { precision: 53, maxExponent: 1023, minExponent: -1022, adjustment: 1536 }
/** Of x87 registers; `precision` 24 and 53 come from precision control. */
export const extended: Format = {
  precision: 64,
  maxExponent: 16383,
  minExponent: -16382,
  adjustment: 24576,
}

/** Takes the bits of a single or double apart. */
export function unpack({ precision, maxExponent, minExponent }: Format, bits: bigint): Value {
  const fractionBits = BigInt(precision - 1)
  const width = precision === 24 ? 8n : 11n
  const sign = Number(bits >> (fractionBits + width)) & 1 ? 1 : 0
  const exponent = Number((bits >> fractionBits) & ((1n << width) - 1n))
  const fraction = bits & ((1n << fractionBits) - 1n)
  if (exponent > 2 * maxExponent)
    return fraction === 0n ? infinity(sign) : nan(sign, (1n << 63n) | (fraction << (63n - fractionBits)))
  if (exponent !== 0)
    return finite(sign, fraction | (1n << fractionBits), exponent - maxExponent - precision + 1)
  return fraction === 0n ? zero(sign) : finite(sign, fraction, minExponent - precision + 1, true)
}

/** The bits of a value that the format has exactly; payloads of NaNs are cut. */
export function pack({ precision, maxExponent, minExponent }: Format, value: Value): bigint {
  const fractionBits = BigInt(precision - 1)
  const width = precision === 24 ? 8n : 11n
  const sign = BigInt(value.sign) << (fractionBits + width)
  const special = ((1n << width) - 1n) << fractionBits
  switch (value.kind) {
    case Kind.zero:
      return sign
    case Kind.infinity:
      return sign | special
    case Kind.nan:
      return sign | special | ((value.significand & ((1n << 63n) - 1n)) >> (63n - fractionBits))
    default: {
      const { significand, exponent } = normalized(value, precision, minExponent)
      if (significand >> fractionBits === 0n) return sign | significand
      const biased = BigInt(exponent + precision - 1 + maxExponent)
      return sign | (biased << fractionBits) | (significand & ((1n << fractionBits) - 1n))
    }
  }
}

/** The significand shifted to `precision` bits, or to fewer for a denormal. */
export function normalized(
  { significand, exponent }: Value,
  precision: number,
  minExponent: number,
): { significand: bigint; exponent: number } {
  const at = Math.max(exponent + bitLength(significand) - precision, minExponent - precision + 1)
  const shift = exponent - at
  return {
    significand: shift < 0 ? significand >> BigInt(-shift) : significand << BigInt(shift),
    exponent: at,
  }
}
