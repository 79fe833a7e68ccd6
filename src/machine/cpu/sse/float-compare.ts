// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { isString } from '../instructions/sse-moves.ts'
import { compareDoubleString } from '../instructions/strings.ts'
import type { Compiler } from '../operands.ts'
import { all, scalar } from './float-arithmetic.ts'
import { comparableDouble, type HardLane } from './hard-double.ts'
import { comparableSingle } from './hard-single.ts'
import { mxcsrWord, plain } from './mxcsr.ts'
import { softCompare } from './soft-lanes.ts'

/** Comparisons that make masks. */
export const floatCompare: Family = [
  [Mnemonic.Cmpss, compare(4, scalar, compareSingle)],
  [Mnemonic.Cmpsd, compareScalarDoubleOrString()],
  [Mnemonic.Cmpps, compare(4, all, compareSingle)],
  [Mnemonic.Cmppd, compare(8, all, compareDouble)],
]

function compareScalarDoubleOrString(): Compiler {
  const compareDoubles = compare(8, scalar, compareDouble)
  return (cpu, instruction) =>
    (isString(instruction) ? compareDoubleString : compareDoubles)(cpu, instruction)
}

/** The immediate's low three bits choose the predicate. */
function compare(bytes: 4 | 8, shape: typeof scalar, hard: (predicate: number) => HardLane): Compiler {
  const predicates = Array.from({ length: 8 }, (_, n) => shape(bytes, hard(n), softCompare(n)))
  return (cpu, instruction) => {
    const [, , immediate] = instruction.operands
    if (immediate?.kind !== 'immediate') return undefined
    return predicates[Number(immediate.value & 7n)]!(cpu, instruction)
  }
}

function compareDouble(predicate: number): HardLane {
  return ({ f64, i32, view }, target, source) => {
    const a = f64[target >>> 3]!
    const b = view.getFloat64(source, true)
    if ((i32[mxcsrWord]! & plain) !== plain) return false
    if (!comparableDouble(Math.abs(a)) || !comparableDouble(Math.abs(b))) return false
    const mask = ordered(predicate, a, b) ? -1 : 0
    i32[target >>> 2] = mask
    i32[(target >>> 2) + 1] = mask
    return true
  }
}

function compareSingle(predicate: number): HardLane {
  return ({ f32, i32, view }, target, source) => {
    const a = f32[target >>> 2]!
    const b = view.getFloat32(source, true)
    if ((i32[mxcsrWord]! & plain) !== plain) return false
    if (!comparableSingle(Math.abs(a)) || !comparableSingle(Math.abs(b))) return false
    i32[target >>> 2] = ordered(predicate, a, b) ? -1 : 0
    return true
  }
}

/** eq, lt, le, unord, and their opposites, of two numbers. */
function ordered(predicate: number, a: number, b: number): boolean {
  const plainly =
    (predicate & 3) === 0 ? a === b : (predicate & 3) === 1 ? a < b : (predicate & 3) === 2 ? a <= b : false
  return plainly === predicate < 4
}
