// SPDX-License-Identifier: MIT
import { noteDenormals } from '../../soft-float/arithmetic.ts'
import type { Environment } from '../../soft-float/environment.ts'
import { round } from '../../soft-float/round.ts'
import { Kind, type Value, zero } from '../../soft-float/value.ts'
import { fixedArcTangent, fixedPi } from './fixed.ts'
import { leading, special, toFixed, workingBits } from './results.ts'

/** The angle of the point (x, y), −pi to pi (Intel SDM 2, FPATAN, table 3-30). */
export function arcTangent(environment: Environment, y: Value, x: Value): Value {
  const known = special(environment, y, x)
  if (known !== undefined) return known
  noteDenormals(environment, x, y)
  if (y.kind === Kind.infinity)
    return eighths(environment, y, x.kind !== Kind.infinity ? 2n : x.sign === 0 ? 1n : 3n)
  if (x.kind === Kind.infinity || y.kind === Kind.zero)
    return x.sign === 0 ? zero(y.sign) : eighths(environment, y, 4n)
  if (x.kind === Kind.zero) return eighths(environment, y, 2n)
  return angleOf(environment, y, x)
}

/** So many eighths of a turn, with the sign of y. */
function eighths(environment: Environment, y: Value, count: bigint): Value {
  return round(environment, y.sign, fixedPi(workingBits) * count, -workingBits - 2, true)
}

/** From this ratio on, the smaller coordinate does not turn the angle by a bit that counts. */
const farApart = 100

function angleOf(environment: Environment, y: Value, x: Value): Value {
  const distance = leading(y) - leading(x)
  if (distance < -farApart && x.sign === 0) return quotient(environment, y, x)
  const bits = workingBits + Math.min(farApart, Math.abs(distance))
  const pi = fixedPi(bits)
  let angle: bigint
  if (distance > farApart) angle = pi / 2n
  else if (distance < -farApart) angle = 0n
  else {
    const a = { ...y, sign: 0 as const, exponent: y.exponent - leading(x) }
    const b = { ...x, sign: 0 as const, exponent: x.exponent - leading(x) }
    const up = toFixed(a, bits + 64)
    const across = toFixed(b, bits + 64)
    const scale = BigInt(bits)
    angle =
      up <= across
        ? fixedArcTangent((up << scale) / across, bits)
        : pi / 2n - fixedArcTangent((across << scale) / up, bits)
  }
  if (x.sign === 1) angle = pi - angle
  return round(environment, y.sign, angle, -bits, true)
}

/** y / x, or a little less. */
function quotient(environment: Environment, y: Value, x: Value): Value {
  const shift = BigInt(workingBits)
  const ratio = (y.significand << shift) / x.significand
  return round(environment, y.sign, ratio - 1n, y.exponent - x.exponent - workingBits, true)
}
