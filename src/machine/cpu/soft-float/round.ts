// SPDX-License-Identifier: MIT
import { type Environment, Exception, Rounding } from './environment.ts'
import { bitLength, finite, infinity, type Value, zero } from './value.ts'

/**
 * The value of the environment's format for significand × 2^exponent, which is not zero. `sticky` says that the exact number
 * is a little larger. Raises OE, UE and PE: tininess is detected after rounding (Intel SDM 1 §4.9.1.5). An overflow or
 * underflow that is not masked gives the number with an adjusted exponent.
 */
export function round(
  environment: Environment,
  sign: 0 | 1,
  significand: bigint,
  exponent: number,
  sticky = false,
): Value {
  const { format, masked } = environment
  const { precision, minExponent, maxExponent } = format
  // Two more bits keep the sticky bit below everything that is rounded.
  const bits = (significand << 2n) | (sticky ? 1n : 0n)
  const at = exponent - 2
  const width = bitLength(bits)
  const unbounded = cut(environment, sign, bits, width - precision)
  const top = unbounded.value >> BigInt(precision) === 0n ? at + width - 1 : at + width
  if (top > maxExponent) {
    environment.raised |= Exception.OE
    if ((masked & Exception.OE) !== 0) return overflowed(environment, sign)
    return finish(environment, sign, unbounded, at + width - precision - format.adjustment)
  }
  if (top >= minExponent) return finish(environment, sign, unbounded, at + width - precision)
  if ((masked & Exception.UE) === 0) {
    environment.raised |= Exception.UE
    return finish(environment, sign, unbounded, at + width - precision + format.adjustment)
  }
  if (environment.flushToZero) {
    environment.raised |= Exception.UE | Exception.PE
    environment.roundedUp = false
    return zero(sign)
  }
  const least = minExponent - precision + 1
  const tiny = cut(environment, sign, bits, least - at)
  if (tiny.inexact) environment.raised |= Exception.UE
  return finish(environment, sign, tiny, least)
}

type Cut = { readonly value: bigint; readonly inexact: boolean; readonly up: boolean }

/** Divides by 2^drop and rounds to an integer. */
function cut({ rounding }: Environment, sign: 0 | 1, bits: bigint, drop: number): Cut {
  if (drop <= 0) return { value: bits << BigInt(-drop), inexact: false, up: false }
  const value = bits >> BigInt(drop)
  const rest = bits - (value << BigInt(drop))
  if (rest === 0n) return { value, inexact: false, up: false }
  const half = 1n << BigInt(drop - 1)
  const up =
    rounding === Rounding.nearest
      ? rest > half || (rest === half && (value & 1n) === 1n)
      : rounding === (sign === 0 ? Rounding.up : Rounding.down)
  return { value: up ? value + 1n : value, inexact: true, up }
}

function finish(environment: Environment, sign: 0 | 1, { value, inexact, up }: Cut, exponent: number): Value {
  if (inexact) environment.raised |= Exception.PE
  environment.roundedUp = up
  return value === 0n ? zero(sign) : finite(sign, value, exponent)
}

/** Infinity, or the largest number where rounding goes towards zero. */
function overflowed(environment: Environment, sign: 0 | 1): Value {
  const { rounding, format } = environment
  environment.raised |= Exception.PE
  environment.roundedUp =
    rounding === Rounding.nearest || rounding === (sign === 0 ? Rounding.up : Rounding.down)
  if (environment.roundedUp) return infinity(sign)
  const { precision, maxExponent } = format
  return finite(sign, (1n << BigInt(precision)) - 1n, maxExponent - precision + 1)
}
