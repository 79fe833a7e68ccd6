// SPDX-License-Identifier: MIT
import { Rounding } from '../soft-float/environment.ts'
import { Kind, type Value } from '../soft-float/value.ts'

export type Integral = { readonly magnitude: bigint; readonly inexact: boolean; readonly up: boolean }

/** The magnitude of a number that is finite or zero, rounded to an integer; `up`: it has grown. */
export function toIntegral({ kind, sign, significand, exponent }: Value, rounding: number): Integral {
  if (kind === Kind.zero) return { magnitude: 0n, inexact: false, up: false }
  if (exponent >= 0) return { magnitude: significand << BigInt(exponent), inexact: false, up: false }
  const drop = BigInt(-exponent)
  const magnitude = significand >> drop
  const rest = significand - (magnitude << drop)
  if (rest === 0n) return { magnitude, inexact: false, up: false }
  const half = 1n << (drop - 1n)
  const up =
    rounding === Rounding.nearest
      ? rest > half || (rest === half && (magnitude & 1n) === 1n)
      : rounding === (sign === 0 ? Rounding.up : Rounding.down)
  return { magnitude: up ? magnitude + 1n : magnitude, inexact: true, up }
}
