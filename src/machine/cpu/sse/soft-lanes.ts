// SPDX-License-Identifier: MIT
import {
  add,
  type Binary,
  divide,
  multiply,
  noteDenormals,
  squareRoot,
  subtract,
} from '../soft-float/arithmetic.ts'
import { type Environment, Exception } from '../soft-float/environment.ts'
import { double, pack, single, unpack } from '../soft-float/format.ts'
import { isSignaling, Kind, order, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { deliver, denormalsAreZero, mxcsrWord, sseEnvironment } from './mxcsr.ts'

/**
 * What an instruction does to a lane, exactly and slowly: bits of target and source in, bits of the target out. `lane` counts
 * from the first that is done.
 */
export type SoftLane = (environment: Environment, a: bigint, b: bigint, daz: boolean, lane: number) => bigint

/** Does `count` lanes of 4 or 8 bytes in a row: all of them, or none and #XM. */
export function softly(
  cpu: CpuState,
  bytes: 4 | 8,
  count: number,
  lane: SoftLane,
  target: number,
  source: number,
): 0 | -1 {
  const { view } = cpu
  const environment = sseEnvironment(cpu, bytes === 4 ? single : double)
  const daz = (cpu.i32[mxcsrWord]! & denormalsAreZero) !== 0
  const results: bigint[] = []
  for (let at = 0; at < count * bytes; at += bytes)
    results.push(
      lane(
        environment,
        readBits(view, target + at, bytes),
        readBits(view, source + at, bytes),
        daz,
        at / bytes,
      ),
    )
  if (deliver(cpu, environment.raised) < 0) return -1
  for (let n = 0; n < count; n++) writeBits(view, target + n * bytes, bytes, results[n]!)
  return 0
}

export function readBits(view: DataView, at: number, bytes: number): bigint {
  return bytes === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true)
}

export function writeBits(view: DataView, at: number, bytes: number, bits: bigint): void {
  if (bytes === 4) view.setUint32(at, Number(bits), true)
  else view.setBigUint64(at, bits, true)
}

/** The value of an operand; with DAZ a denormal is a zero of its sign. */
export function operandValue(environment: Environment, bits: bigint, daz: boolean): Value {
  const value = unpack(environment.format, bits)
  return daz && value.denormal ? zero(value.sign) : value
}

function arithmetic(operation: Binary): SoftLane {
  return (environment, a, b, daz) =>
    pack(
      environment.format,
      operation(environment, operandValue(environment, a, daz), operandValue(environment, b, daz)),
    )
}

export const softAdd: SoftLane = arithmetic(add)
export const softSubtract: SoftLane = arithmetic(subtract)
export const softMultiply: SoftLane = arithmetic(multiply)
export const softDivide: SoftLane = arithmetic(divide)
export const softRoot: SoftLane = arithmetic((environment, _, b) => squareRoot(environment, b))
export const softMinimum: SoftLane = extreme(-1)
export const softMaximum: SoftLane = extreme(1)

/** minsd and maxsd: the source, unless the target is strictly less or greater; any NaN is invalid (Intel SDM 2, MINSD). */
function extreme(direction: -1 | 1): SoftLane {
  return (environment, a, b, daz) => {
    const x = operandValue(environment, a, daz)
    const y = operandValue(environment, b, daz)
    if (x.kind === Kind.nan || y.kind === Kind.nan) {
      environment.raised |= Exception.IE
      return daz && y.kind === Kind.zero ? pack(environment.format, y) : b
    }
    noteDenormals(environment, x, y)
    return pack(environment.format, order(x, y) * direction > 0 ? x : y)
  }
}

/** cmpsd and its kin: all ones where the predicate (0 to 7) holds. */
export function softCompare(predicate: number): SoftLane {
  return (environment, a, b, daz) => {
    const x = operandValue(environment, a, daz)
    const y = operandValue(environment, b, daz)
    const unordered = noteComparison(environment, x, y, (predicate & 3) === 1 || (predicate & 3) === 2)
    const mask = environment.format.precision === 24 ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn
    return holds(predicate, unordered ? undefined : order(x, y)) ? mask : 0n
  }
}

/** Raises what a comparison raises, and says whether the operands are unordered. `signaling`: quiet NaNs are invalid, too. */
export function noteComparison(environment: Environment, x: Value, y: Value, signaling: boolean): boolean {
  if (x.kind === Kind.nan || y.kind === Kind.nan) {
    if (signaling || isSignaling(x) || isSignaling(y)) environment.raised |= Exception.IE
    return true
  }
  noteDenormals(environment, x, y)
  return false
}

/** eq, lt, le, unord and their opposites; an order of undefined is unordered. */
export function holds(predicate: number, comparison: number | undefined): boolean {
  const plainly =
    (predicate & 3) === 3
      ? comparison === undefined
      : comparison !== undefined &&
        ((predicate & 3) === 0 ? comparison === 0 : (predicate & 3) === 1 ? comparison < 0 : comparison <= 0)
  return plainly === predicate < 4
}
