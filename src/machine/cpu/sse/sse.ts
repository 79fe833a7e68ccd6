// SPDX-License-Identifier: MIT
import type { Family } from '../instructions/family.ts'
import { approximations } from './approximations.ts'
import { bitwise } from './bitwise.ts'
import { elements } from './elements.ts'
import { floatArithmetic } from './float-arithmetic.ts'
import { floatCompare } from './float-compare.ts'
import { floatCompareFlags } from './float-compare-flags.ts'
import { floatToFloat } from './float-to-float.ts'
import { floatToInteger } from './float-to-integer.ts'
import { horizontal } from './horizontal.ts'
import { integerToFloat } from './integer-to-float.ts'
import { quickMoves } from './moves.ts'
import { packedArithmetic } from './packed-arithmetic.ts'
import { packedCompare } from './packed-compare.ts'
import { packedShifts } from './packed-shifts.ts'
import { packs } from './packs.ts'
import { shuffles } from './shuffles.ts'
import { stateMoves } from './state-moves.ts'
import { version2 } from './version-2/version-2.ts'

/** SSE to SSE4.2, but for most moves. */
export const sse: Family = [
  ...bitwise,
  ...packedArithmetic,
  ...packedCompare,
  ...packedShifts,
  ...packs,
  ...shuffles,
  ...elements,
  ...floatArithmetic,
  ...floatCompare,
  ...floatCompareFlags,
  ...floatToInteger,
  ...integerToFloat,
  ...floatToFloat,
  ...stateMoves,
  ...approximations,
  ...quickMoves,
  ...horizontal,
  ...version2,
]
