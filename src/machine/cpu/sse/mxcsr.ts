// SPDX-License-Identifier: MIT
import { Extended, Layout } from '../../layout.ts'
import { Vector } from '../../machine.ts'
import type { Environment } from '../soft-float/environment.ts'
import type { Format } from '../soft-float/format.ts'
import type { Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'

/** MXCSR as a word of `i32` (Intel SDM 1 §10.2.3). */
export const mxcsrWord = (Layout.extended + Extended.mxcsr) >>> 2
export const denormalsAreZero = 0x40
const flushToZero = 0x8000
/** Exceptions that are found before an operation is done. */
const before = 7

/** Rounds to nearest with all exceptions masked: `(mxcsr & plainMask) === plain`. */
export const plainMask = 0x7f80
export const plain = 0x1f80

/** The environment that MXCSR describes. */
export function sseEnvironment({ i32 }: CpuState, format: Format): Environment {
  const mxcsr = i32[mxcsrWord]!
  const masked = (mxcsr >>> 7) & 63
  return {
    format,
    rounding: (mxcsr >>> 13) & 3,
    masked,
    // Only with underflow masked (Intel SDM 1 §10.2.3.3).
    flushToZero: (mxcsr & flushToZero) !== 0 && (masked & 16) !== 0,
    chooseNan: first,
    raised: 0,
    roundedUp: false,
  }
}

/**
 * Records the exceptions of an operation in MXCSR. Returns -1 with #XM when one is not masked: nothing may be written
 * then. Exceptions found before the operation hide those of its result (Intel SDM 1 §11.5.3).
 */
export function deliver(cpu: CpuState, raised: number): 0 | -1 {
  if (raised === 0) return 0
  const { i32 } = cpu
  const unmasked = ~(i32[mxcsrWord]! >>> 7) & 63
  if ((raised & unmasked) === 0) {
    i32[mxcsrWord] = i32[mxcsrWord]! | raised
    return 0
  }
  i32[mxcsrWord] = i32[mxcsrWord]! | ((raised & unmasked & before) === 0 ? raised : raised & before)
  return cpu.raise(Vector.XM, 0)
}

function first(a: Value): Value {
  return a
}
