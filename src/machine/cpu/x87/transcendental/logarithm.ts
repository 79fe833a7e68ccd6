// SPDX-License-Identifier: MIT
import { invalid, multiply, noteDenormals } from '../../soft-float/arithmetic.ts'
import { type Environment, Exception } from '../../soft-float/environment.ts'
import { round } from '../../soft-float/round.ts'
import { finite, infinity, Kind, type Value, zero } from '../../soft-float/value.ts'
import { fromInteger } from '../memory-values.ts'
import { fixedLogOf2, fixedLogOfRatio } from './fixed.ts'
import { leading, special, toFixed, workingBits } from './results.ts'

/** y · log2(x) (Intel SDM 2, FYL2X, table 3-60). */
export function timesLogarithm(environment: Environment, x: Value, y: Value): Value {
  const known = special(environment, y, x)
  if (known !== undefined) return known
  if (x.kind === Kind.zero) {
    if (y.kind === Kind.zero) return invalid(environment)
    if (y.kind !== Kind.infinity) environment.raised |= Exception.ZE
    return infinity(y.sign === 0 ? 1 : 0)
  }
  if (x.sign === 1) return invalid(environment)
  if (x.kind === Kind.infinity) {
    if (y.kind === Kind.zero) return invalid(environment)
    noteDenormals(environment, x, y)
    return infinity(y.sign)
  }
  const top = leading(x)
  const isPower = (x.significand & (x.significand - 1n)) === 0n
  if (y.kind !== Kind.finite || isPower) {
    const order = isPower && top === 0 ? zero(0) : fromInteger(top < 0 ? -1n : 1n)
    if (y.kind === Kind.infinity && order.kind === Kind.zero) return invalid(environment)
    noteDenormals(environment, x, y)
    if (y.kind === Kind.infinity) return infinity(y.sign === order.sign ? 0 : 1)
    return multiply(environment, y, isPower ? fromInteger(BigInt(top)) : order)
  }
  noteDenormals(environment, x, y)
  return product(environment, y, logarithm(x), logarithmBits)
}

/** Enough for arguments next to 1, too. */
const logarithmBits = workingBits + 64

/** log2 of a positive number that is no power of two. */
function logarithm(x: Value): bigint {
  const one = 1n << BigInt(logarithmBits)
  let whole = leading(x)
  let mantissa = toFixed({ ...x, exponent: x.exponent - whole }, logarithmBits)
  // From [1, 2) to [¾, 1½).
  if (2n * mantissa >= 3n * one) {
    mantissa >>= 1n
    whole++
  }
  const s = ((mantissa - one) << BigInt(logarithmBits)) / (mantissa + one)
  const natural = fixedLogOfRatio(s, logarithmBits)
  return BigInt(whole) * one + (natural << BigInt(logarithmBits)) / fixedLogOf2(logarithmBits)
}

/** y · log2(1 + x), meant for small x (Intel SDM 2, FYL2XP1). */
export function timesLogarithmOf1Plus(environment: Environment, x: Value, y: Value): Value {
  const known = special(environment, y, x)
  if (known !== undefined) return known
  if (x.kind === Kind.infinity) {
    if (x.sign === 1 || y.kind === Kind.zero) return invalid(environment)
    noteDenormals(environment, x, y)
    return infinity(y.sign)
  }
  const sign = x.sign === y.sign ? 0 : 1
  if (x.kind === Kind.zero) {
    if (y.kind === Kind.infinity) return invalid(environment)
    noteDenormals(environment, x, y)
    return zero(sign)
  }
  noteDenormals(environment, x, y)
  if (y.kind === Kind.infinity) return infinity(sign)
  if (y.kind === Kind.zero) return zero(sign)
  if (x.sign === 1 && leading(x) >= 0) return outside(environment, x)
  return product(environment, y, ...logarithmOf1Plus(x))
}

function logarithmOf1Plus(x: Value): [fixed: bigint, bits: number] {
  const top = leading(x)
  if (top >= -1) return [logarithm(plus1(x)), logarithmBits]
  if (top < -workingBits) {
    // x / ln 2, scaled so that the significand is an integer.
    const quotient = (x.significand << BigInt(2 * workingBits)) / fixedLogOf2(workingBits)
    return [x.sign === 0 ? quotient : -quotient, workingBits - x.exponent]
  }
  const bits = workingBits - top
  const fixed = toFixed(x, bits)
  const s = (fixed << BigInt(bits)) / ((2n << BigInt(bits)) + fixed)
  return [(fixedLogOfRatio(s, bits) << BigInt(bits)) / fixedLogOf2(bits), bits]
}

/** Nothing is defined for −1 and less: the operand stays. */
function outside(environment: Environment, x: Value): Value {
  environment.raised |= Exception.PE
  return x
}

/** 1 + x for a number of more than ½. */
function plus1({ sign, significand, exponent }: Value): Value {
  if (exponent > 0) return finite(0, (significand << BigInt(exponent)) + 1n, 0)
  const one = 1n << BigInt(-exponent)
  return finite(0, sign === 0 ? one + significand : one - significand, exponent)
}

function product(environment: Environment, y: Value, fixed: bigint, bits: number): Value {
  const sign = fixed < 0n === (y.sign === 1) ? 0 : 1
  const magnitude = fixed < 0n ? -fixed : fixed
  return round(environment, sign, y.significand * magnitude, y.exponent - bits, true)
}
