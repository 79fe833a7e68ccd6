// SPDX-License-Identifier: MIT
/**
 * Fixed-point functions: an integer stands for itself divided by 2^bits. Results are off by a few units of the last place, so
 * callers ask for many bits more than they round to.
 */
import { integerRoot } from '../../soft-float/arithmetic.ts'

const constantBits = 384
const piBits =
  0x3_243f6a88_85a308d3_13198a2e_03707344_a4093822_299f31d0_082efa98_ec4e6c89_452821e6_38d01377_be5466cf_34e90c6cn
const logOf2Bits =
  0xb17217f7_d1cf79ab_c9e3b398_03f2f6af_40f34326_7298b62d_8a0d175b_8baafa2b_e7b87620_6debac98_559552fb_4afa1b10n

/** At most 384 bits. */
export function fixedPi(bits: number): bigint {
  return piBits >> BigInt(constantBits - bits)
}

/** The natural logarithm of 2, at most 384 bits. */
export function fixedLogOf2(bits: number): bigint {
  return logOf2Bits >> BigInt(constantBits - bits)
}

/** e^x − 1 for |x| < 1. */
export function fixedExponentialLess1(x: bigint, bits: number): bigint {
  const scale = BigInt(bits)
  let term = x
  let sum = x
  for (let n = 2n; term !== 0n && term !== -1n; n++) {
    term = ((term * x) >> scale) / n
    sum += term
  }
  return sum
}

/** ln((1 + s) / (1 − s)) for |s| < 0.5. */
export function fixedLogOfRatio(s: bigint, bits: number): bigint {
  return 2n * oddSeries(s, (s * s) >> BigInt(bits), bits)
}

/** The arc tangent of 0 to 1: the angle is halved twice, then the series goes quickly. */
export function fixedArcTangent(ratio: bigint, bits: number): bigint {
  const scale = BigInt(bits)
  const one = 1n << scale
  let x = ratio
  for (let n = 0; n < 2; n++) x = (x << scale) / (one + integerRoot((one << scale) + x * x))
  return 4n * oddSeries(x, -((x * x) >> scale), bits)
}

/** x + x·q/3 + x·q²/5 + … */
function oddSeries(x: bigint, q: bigint, bits: number): bigint {
  const scale = BigInt(bits)
  let power = x
  let sum = x
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = (power * q) >> scale
    sum += power / n
  }
  return sum
}

/** The sine and cosine of |x| ≤ 1. */
export function fixedSineCosine(x: bigint, bits: number): [sine: bigint, cosine: bigint] {
  const scale = BigInt(bits)
  const square = (x * x) >> scale
  let sineTerm = x
  let cosineTerm = 1n << scale
  let sine = sineTerm
  let cosine = cosineTerm
  for (let n = 2n; cosineTerm > 1n || cosineTerm < -1n; n += 2n) {
    cosineTerm = -((cosineTerm * square) >> scale) / (n * (n - 1n))
    sineTerm = -((sineTerm * square) >> scale) / (n * (n + 1n))
    cosine += cosineTerm
    sine += sineTerm
  }
  return [sine, cosine]
}
