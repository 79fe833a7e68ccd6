// SPDX-License-Identifier: MIT
import type { Family } from '../instructions/family.ts'
import { bitwise } from './bitwise.ts'
import { elements } from './elements.ts'
import { packedArithmetic } from './packed-arithmetic.ts'
import { packedCompare } from './packed-compare.ts'
import { packedShifts } from './packed-shifts.ts'
import { shuffles } from './shuffles.ts'

/** SSE and SSE2, but for the moves of whole and half registers. */
export const sse: Family = [
  ...bitwise,
  ...packedArithmetic,
  ...packedCompare,
  ...packedShifts,
  ...shuffles,
  ...elements,
]
