// SPDX-License-Identifier: MIT
import { invalid, propagate } from '../../soft-float/arithmetic.ts'
import type { Environment } from '../../soft-float/environment.ts'
import { round } from '../../soft-float/round.ts'
import { bitLength, Kind, type Value } from '../../soft-float/value.ts'

/** Bits of relative precision that results are computed with before they are rounded to 64. */
export const workingBits = 160

/** Exponent of the leading bit of a finite number. */
export function leading({ significand, exponent }: Value): number {
  return exponent + bitLength(significand) - 1
}

/** A finite number in fixed point; bits below are cut. */
export function toFixed({ sign, significand, exponent }: Value, bits: number): bigint {
  const shift = exponent + bits
  const magnitude = shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift)
  return sign === 0 ? magnitude : -magnitude
}

/** Rounds a fixed-point result that is known not to be exact. */
export function fromFixed(environment: Environment, fixed: bigint, bits: number): Value {
  return fixed < 0n ? round(environment, 1, -fixed, -bits, true) : round(environment, 0, fixed, -bits, true)
}

/** A number that is a little less in magnitude than `value`. */
export function justBelow(environment: Environment, { sign, significand, exponent }: Value): Value {
  return round(environment, sign, (significand << 100n) - 1n, exponent - 100, true)
}

/** A number that is a little larger in magnitude than `value`. */
export function justAbove(environment: Environment, { sign, significand, exponent }: Value): Value {
  return round(environment, sign, significand << 100n, exponent - 100, true)
}

/** What operands that are no numbers give, or undefined for numbers and infinities. */
export function special(environment: Environment, a: Value, b: Value): Value | undefined {
  if (a.kind === Kind.unsupported || b.kind === Kind.unsupported) return invalid(environment)
  if (a.kind === Kind.nan || b.kind === Kind.nan) return propagate(environment, a, b)
  return undefined
}
