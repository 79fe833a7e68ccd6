// SPDX-License-Identifier: MIT
import type { Environment } from '../soft-float/environment.ts'
import { extended, type Format } from '../soft-float/format.ts'
import { isSignaling, type Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { control } from './status.ts'

const precise24: Format = { ...extended, precision: 24 }
const precise53: Format = { ...extended, precision: 53 }
/** By the precision control field; 1 is reserved. */
const formats = [precise24, extended, precise53, extended] as const

/** The environment of an operation that precision control has no say in. */
export function x87Environment(cpu: CpuState, format: Format = extended): Environment {
  const word = control(cpu)
  return {
    format,
    rounding: (word >>> 10) & 3,
    masked: word & 63,
    flushToZero: false,
    chooseNan: larger,
    raised: 0,
    roundedUp: false,
  }
}

/** That of add, subtract, multiply, divide and square root. */
export function preciseEnvironment(cpu: CpuState): Environment {
  return x87Environment(cpu, formats[(control(cpu) >>> 8) & 3])
}

/** The quiet one of a quiet and a signaling NaN, else the one with the larger significand, else the positive one. */
function larger(a: Value, b: Value): Value {
  if (isSignaling(a) !== isSignaling(b)) return isSignaling(a) ? b : a
  if (a.significand !== b.significand) return a.significand > b.significand ? a : b
  return a.sign <= b.sign ? a : b
}
