// SPDX-License-Identifier: MIT
/**
 * Doubles on the arithmetic of the host, for the common case: rounding to nearest, exceptions masked, operands and results
 * normal or zero. Then the only exception is PE, and that only needs a look while it is not set already.
 */
import type { MachineMemory } from '../../memory/machine-memory.ts'
import { mxcsrWord, plain, plainMask } from './mxcsr.ts'

/** Does an instruction on a lane of target and source, or says false and has done nothing. */
export type HardLane = (memory: MachineMemory, target: number, source: number) => boolean

const inexact = 0x20
/** The smallest normal number. */
const least = 2.2250738585072014e-308
/** Results within these bounds have exact error terms below. */
const small = 2 ** -900
const large = 2 ** 990

/** A number that raises no exception as an operand and takes part in exact error terms. */
function tame(magnitude: number): boolean {
  return (magnitude >= least && magnitude < large) || magnitude === 0
}

export const addDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  const r = a + b
  const magnitude = Math.abs(r)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b)) || !tame(magnitude))
    return false
  if ((mxcsr & inexact) === 0 && !isSumExact(a, b, r)) i32[mxcsrWord] = mxcsr | inexact
  f64[target >>> 3] = r
  return true
}

export const subtractDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  const r = a - b
  const magnitude = Math.abs(r)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b)) || !tame(magnitude))
    return false
  if ((mxcsr & inexact) === 0 && !isSumExact(a, -b, r)) i32[mxcsrWord] = mxcsr | inexact
  f64[target >>> 3] = r
  return true
}

export const multiplyDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  const r = a * b
  const magnitude = Math.abs(r)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b))) return false
  if (!(magnitude > small && magnitude < large) && a !== 0 && b !== 0) return false
  if ((mxcsr & inexact) === 0 && !isProductExact(a, b, r)) i32[mxcsrWord] = mxcsr | inexact
  f64[target >>> 3] = r
  return true
}

export const divideDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  const r = a / b
  const magnitude = Math.abs(r)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b)) || b === 0) return false
  if (!(magnitude > small && magnitude < large && Math.abs(a) > small) && a !== 0) return false
  if ((mxcsr & inexact) === 0 && !(r * b === a && isProductExact(r, b, a))) i32[mxcsrWord] = mxcsr | inexact
  f64[target >>> 3] = r
  return true
}

export const rootDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const b = view.getFloat64(source, true)
  if ((mxcsr & plainMask) !== plain || !((b > small && b < large) || b === 0)) return false
  const r = Math.sqrt(b)
  if ((mxcsr & inexact) === 0 && !(r * r === b && isProductExact(r, r, b))) i32[mxcsrWord] = mxcsr | inexact
  f64[target >>> 3] = r
  return true
}

export const minimumDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  if ((i32[mxcsrWord]! & plain) !== plain || !comparableDouble(Math.abs(a)) || !comparableDouble(Math.abs(b)))
    return false
  if (!(a < b)) f64[target >>> 3] = b
  return true
}

export const maximumDouble: HardLane = ({ f64, i32, view }, target, source) => {
  const a = f64[target >>> 3]!
  const b = view.getFloat64(source, true)
  if ((i32[mxcsrWord]! & plain) !== plain || !comparableDouble(Math.abs(a)) || !comparableDouble(Math.abs(b)))
    return false
  if (!(a > b)) f64[target >>> 3] = b
  return true
}

/** Whether a + b, which rounds to r, is r (Knuth's error term). */
function isSumExact(a: number, b: number, r: number): boolean {
  const part = r - a
  return a - (r - part) + (b - part) === 0
}

/** Whether a × b, which rounds to r, is r (Dekker's error term with Veltkamp's halves). */
function isProductExact(a: number, b: number, r: number): boolean {
  const splitA = a * 134217729
  const highA = splitA - (splitA - a)
  const lowA = a - highA
  const splitB = b * 134217729
  const highB = splitB - (splitB - b)
  const lowB = b - highB
  return highA * highB - r + highA * lowB + lowA * highB + lowA * lowB === 0
}

/** A number, infinite or not, that raises no exception when it is compared. */
export function comparableDouble(magnitude: number): boolean {
  return magnitude >= least || magnitude === 0
}
