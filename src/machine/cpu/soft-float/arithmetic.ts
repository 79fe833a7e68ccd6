// SPDX-License-Identifier: MIT
import { type Environment, Exception, Rounding } from './environment.ts'
import { round } from './round.ts'
import {
  bitLength,
  finite,
  indefinite,
  infinity,
  isSignaling,
  Kind,
  negate,
  quiet,
  type Value,
  zero,
} from './value.ts'

/** The four operations of two values, correctly rounded, with the exceptions that IEEE 754 and Intel SDM 1 §4.9 say. */
export type Binary = (environment: Environment, a: Value, b: Value) => Value

export const add: Binary = (environment, a, b) => {
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  if (a.kind === Kind.infinity || b.kind === Kind.infinity) {
    if (a.kind === b.kind && a.sign !== b.sign) return invalid(environment)
    noteDenormals(environment, a, b)
    return a.kind === Kind.infinity ? a : b
  }
  noteDenormals(environment, a, b)
  if (a.kind === Kind.zero && b.kind === Kind.zero)
    return zero(a.sign === b.sign ? a.sign : zeroSign(environment))
  if (a.kind === Kind.zero) return round(environment, b.sign, b.significand, b.exponent)
  if (b.kind === Kind.zero) return round(environment, a.sign, a.significand, a.exponent)
  return addFinite(environment, a, b)
}

export const subtract: Binary = (environment, a, b) => {
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  return add(environment, a, negate(b))
}

export const multiply: Binary = (environment, a, b) => {
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  const sign = a.sign === b.sign ? 0 : 1
  if (a.kind === Kind.infinity || b.kind === Kind.infinity) {
    if (a.kind === Kind.zero || b.kind === Kind.zero) return invalid(environment)
    noteDenormals(environment, a, b)
    return infinity(sign)
  }
  noteDenormals(environment, a, b)
  if (a.kind === Kind.zero || b.kind === Kind.zero) return zero(sign)
  return round(environment, sign, a.significand * b.significand, a.exponent + b.exponent)
}

export const divide: Binary = (environment, a, b) => {
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  const sign = a.sign === b.sign ? 0 : 1
  if (a.kind === Kind.infinity) {
    if (b.kind === Kind.infinity) return invalid(environment)
    noteDenormals(environment, a, b)
    return infinity(sign)
  }
  if (b.kind === Kind.zero) {
    if (a.kind === Kind.zero) return invalid(environment)
    environment.raised |= Exception.ZE
    return infinity(sign)
  }
  noteDenormals(environment, a, b)
  if (a.kind === Kind.zero || b.kind === Kind.infinity) return zero(sign)
  // At least `precision` + 2 bits of quotient; the remainder is the sticky bit.
  const shift = Math.max(0, 68 + bitLength(b.significand) - bitLength(a.significand))
  const dividend = a.significand << BigInt(shift)
  const quotient = dividend / b.significand
  const exponent = a.exponent - b.exponent - shift
  return round(environment, sign, quotient, exponent, quotient * b.significand !== dividend)
}

export function squareRoot(environment: Environment, a: Value): Value {
  if (a.kind === Kind.nan) return propagate(environment, a, a)
  if (a.kind === Kind.zero) return a
  if (a.sign === 1) return invalid(environment)
  if (a.kind === Kind.infinity) return a
  noteDenormals(environment, a, a)
  // An even exponent, and 2 × 68 bits under the root.
  let shift = Math.max(0, 136 - bitLength(a.significand))
  if (((a.exponent - shift) & 1) !== 0) shift++
  const square = a.significand << BigInt(shift)
  const root = integerRoot(square)
  return round(environment, 0, root, (a.exponent - shift) / 2, root * root !== square)
}

/** The NaN that comes of NaN operands: quiet, IE when one was signaling. */
export function propagate(environment: Environment, a: Value, b: Value): Value {
  if (isSignaling(a) || isSignaling(b)) environment.raised |= Exception.IE
  if (b.kind !== Kind.nan) return quiet(a)
  if (a.kind !== Kind.nan) return quiet(b)
  return quiet(environment.chooseNan(a, b))
}

export function invalid(environment: Environment): Value {
  environment.raised |= Exception.IE
  return indefinite
}

export function noteDenormals(environment: Environment, a: Value, b: Value): void {
  if (a.denormal || b.denormal) environment.raised |= Exception.DE
}

/** The sign of x − x. */
function zeroSign({ rounding }: Environment): 0 | 1 {
  return rounding === Rounding.down ? 1 : 0
}

function addFinite(environment: Environment, a: Value, b: Value): Value {
  const [large, small] =
    a.exponent + bitLength(a.significand) >= b.exponent + bitLength(b.significand) ? [a, b] : [b, a]
  // Far below the last bit of the larger one, only the direction of the smaller one matters.
  const gap = large.exponent - small.exponent - bitLength(small.significand)
  const reach = gap > 200 ? finite(small.sign, 1n, large.exponent - 150) : small
  const exponent = Math.min(large.exponent, reach.exponent)
  const left = signed(large) << BigInt(large.exponent - exponent)
  const right = signed(reach) << BigInt(reach.exponent - exponent)
  const sum = left + right
  if (sum === 0n) return zero(zeroSign(environment))
  return sum < 0n ? round(environment, 1, -sum, exponent) : round(environment, 0, sum, exponent)
}

function signed({ sign, significand }: Value): bigint {
  return sign === 0 ? significand : -significand
}

/** Floor of the square root, by Newton's method from above. */
export function integerRoot(square: bigint): bigint {
  let root = 1n << BigInt((bitLength(square) + 1) >> 1)
  for (;;) {
    const next = (root + square / root) >> 1n
    if (next >= root) return root
    root = next
  }
}
