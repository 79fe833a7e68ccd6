// SPDX-License-Identifier: MIT
import { invalid, noteDenormals } from '../../soft-float/arithmetic.ts'
import type { Environment } from '../../soft-float/environment.ts'
import { finite, Kind, type Value } from '../../soft-float/value.ts'
import { fixedSineCosine } from './fixed.ts'
import { fromFixed, justAbove, justBelow, leading, special, toFixed, workingBits } from './results.ts'

/** Half of the value of pi that angles are reduced with: 66 bits (Intel SDM 1 §8.3.8), times 2^−65. */
const halfPi = 0x3_243f6a88_85a308d3n
const halfPiBits = 65

/** Angles from here on are not reduced at all: C2. */
export const angleLimit = 63

/** Tiny angles: sin x ≈ x, cos x ≈ 1 to more bits than there are. */
const tiny = -80

type Sector = {
  readonly quadrant: number
  readonly sine: bigint
  readonly cosine: bigint
  readonly bits: number
}

/** The sine and cosine of what is left of an angle after taking away a whole number of right angles. */
function sectorOf(x: Value): Sector {
  const { quadrant, angle, top } = reduce(x)
  const bits = workingBits + Math.max(0, -top)
  const [sine, cosine] = fixedSineCosine(toFixed(angle, bits), bits)
  return { quadrant, sine, cosine, bits }
}

function reduce(x: Value): { quadrant: number; angle: Value; top: number } {
  const top = leading(x)
  // Less than 1/2, so less than an eighth of a turn.
  if (top < -1) return { quadrant: 0, angle: x, top }
  const magnitude = toFixed({ ...x, sign: 0 }, halfPiBits)
  const quotient = (2n * magnitude + halfPi) / (2n * halfPi)
  const rest = magnitude - quotient * halfPi
  const negative = rest < 0n !== (x.sign === 1)
  const angle = finite(negative ? 1 : 0, rest < 0n ? -rest : rest, -halfPiBits)
  const turns = Number(quotient & 3n)
  return { quadrant: x.sign === 0 ? turns : (4 - turns) & 3, angle, top: leading(angle) }
}

/** The answer to an angle that is zero, infinite or no number. */
function unusual(environment: Environment, x: Value, atZero: Value): Value | undefined {
  const known = special(environment, x, x)
  if (known !== undefined) return known
  if (x.kind === Kind.infinity) return invalid(environment)
  if (x.kind === Kind.zero) return atZero
  noteDenormals(environment, x, x)
  return undefined
}

export function sine(environment: Environment, x: Value): Value {
  const known = unusual(environment, x, x)
  if (known !== undefined) return known
  if (leading(x) < tiny) return justBelow(environment, x)
  const { quadrant, sine: s, cosine: c, bits } = sectorOf(x)
  const magnitude = (quadrant & 1) === 0 ? s : c
  return fromFixed(environment, quadrant < 2 ? magnitude : -magnitude, bits)
}

export function cosine(environment: Environment, x: Value): Value {
  const one = finite(0, 1n, 0)
  const known = unusual(environment, x, one)
  if (known !== undefined) return known
  if (leading(x) < tiny) return justBelow(environment, one)
  const { quadrant, sine: s, cosine: c, bits } = sectorOf(x)
  const magnitude = (quadrant & 1) === 0 ? c : s
  return fromFixed(environment, quadrant === 0 || quadrant === 3 ? magnitude : -magnitude, bits)
}

export function tangent(environment: Environment, x: Value): Value {
  const known = unusual(environment, x, x)
  if (known !== undefined) return known
  if (leading(x) < tiny) return justAbove(environment, x)
  const { quadrant, sine: s, cosine: c, bits } = sectorOf(x)
  const scale = BigInt(bits)
  return fromFixed(environment, (quadrant & 1) === 0 ? (s << scale) / c : -(c << scale) / s, bits)
}
