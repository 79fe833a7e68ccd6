// SPDX-License-Identifier: MIT
import { noteDenormals } from '../../soft-float/arithmetic.ts'
import { type Environment, Exception } from '../../soft-float/environment.ts'
import { round } from '../../soft-float/round.ts'
import { finite, infinity, Kind, type Value } from '../../soft-float/value.ts'
import { fixedExponentialLess1, fixedLogOf2 } from './fixed.ts'
import { fromFixed, leading, special, toFixed, workingBits } from './results.ts'

/** 2^x − 1 for |x| ≤ 1; larger numbers are left as they are. */
export function powerLess1(environment: Environment, x: Value): Value {
  const known = special(environment, x, x)
  if (known !== undefined) return known
  if (x.kind === Kind.zero) return x
  if (x.kind === Kind.infinity) return x.sign === 0 ? infinity(0) : finite(1, 1n, 0)
  noteDenormals(environment, x, x)
  const top = leading(x)
  if (top >= 0) return limit(environment, x)
  if (top < -workingBits) {
    const product = x.significand * fixedLogOf2(workingBits)
    return round(environment, x.sign, product, x.exponent - workingBits, true)
  }
  const bits = workingBits - top
  const power = (toFixed(x, bits) * fixedLogOf2(bits)) >> BigInt(bits)
  return fromFixed(environment, fixedExponentialLess1(power, bits), bits)
}

/** At 1 and −1 the result is exact; beyond, where nothing is defined, the operand stays and PE is raised. */
function limit(environment: Environment, x: Value): Value {
  if (leading(x) === 0 && (x.significand & (x.significand - 1n)) === 0n)
    return x.sign === 0 ? finite(0, 1n, 0) : finite(1, 1n, -1)
  environment.raised |= Exception.PE
  return x
}
