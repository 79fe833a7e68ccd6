// SPDX-License-Identifier: MIT
import type { Format } from './format.ts'
import type { Value } from './value.ts'

/** Exceptions, at their places in MXCSR and in the x87 status word. */
export const Exception = { IE: 1, DE: 2, ZE: 4, OE: 8, UE: 16, PE: 32 } as const

/** Encoding of the rounding control field. */
export const Rounding = { nearest: 0, down: 1, up: 2, zero: 3 } as const

/** How operations round and what they have run into. */
export type Environment = {
  format: Format
  rounding: number
  /** Exceptions that have a masked response. */
  masked: number
  /** Tiny results become zero (MXCSR.FTZ, with underflow masked). */
  flushToZero: boolean
  /** Which of two NaNs goes on; x87 and SSE differ (Intel SDM 1 §4.8.3.5, table 4-7). */
  chooseNan: (a: Value, b: Value) => Value
  /** Exceptions found. */
  raised: number
  /** The last result is larger in magnitude than the exact one. */
  roundedUp: boolean
}
