// SPDX-License-Identifier: MIT
/**
 * Singles on the doubles of the host, in the common case that `hard-double.ts` describes. A double has more than twice the bits
 * of a single, so rounding to it first does not change the rounded result.
 */
import type { HardLane } from './hard-double.ts'
import { mxcsrWord, plain, plainMask } from './mxcsr.ts'

const inexact = 0x20
/** The smallest normal number, and what is beyond all of them. */
const least = 2 ** -126
const beyond = 2 ** 128

/** A number that raises no exception as an operand. */
function tame(magnitude: number): boolean {
  return (magnitude >= least && magnitude < beyond) || magnitude === 0
}

/** A result that has not become normal by rounding, nor infinite. */
function normal(magnitude: number): boolean {
  return magnitude > least && magnitude < beyond
}

export const addSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  const sum = a + b
  const r = Math.fround(sum)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b))) return false
  if (r !== 0 && !normal(Math.abs(r))) return false
  if ((mxcsr & inexact) === 0 && !(r === sum && isSumExact(a, b, sum))) i32[mxcsrWord] = mxcsr | inexact
  f32[target >>> 2] = r
  return true
}

export const subtractSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  const sum = a - b
  const r = Math.fround(sum)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b))) return false
  if (r !== 0 && !normal(Math.abs(r))) return false
  if ((mxcsr & inexact) === 0 && !(r === sum && isSumExact(a, -b, sum))) i32[mxcsrWord] = mxcsr | inexact
  f32[target >>> 2] = r
  return true
}

export const multiplySingle: HardLane = ({ f32, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  const product = a * b
  const r = Math.fround(product)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b))) return false
  if (product !== 0 && !normal(Math.abs(r))) return false
  if ((mxcsr & inexact) === 0 && r !== product) i32[mxcsrWord] = mxcsr | inexact
  f32[target >>> 2] = r
  return true
}

export const divideSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  const quotient = a / b
  const r = Math.fround(quotient)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(a)) || !tame(Math.abs(b)) || b === 0) return false
  if (quotient !== 0 && !normal(Math.abs(r))) return false
  if ((mxcsr & inexact) === 0 && r * b !== a) i32[mxcsrWord] = mxcsr | inexact
  f32[target >>> 2] = r
  return true
}

export const rootSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const mxcsr = i32[mxcsrWord]!
  const b = view.getFloat32(source, true)
  if ((mxcsr & plainMask) !== plain || !tame(Math.abs(b)) || b < 0) return false
  const r = Math.fround(Math.sqrt(b))
  if ((mxcsr & inexact) === 0 && r * r !== b) i32[mxcsrWord] = mxcsr | inexact
  f32[target >>> 2] = r
  return true
}

export const minimumSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  if ((i32[mxcsrWord]! & plain) !== plain || !comparableSingle(Math.abs(a)) || !comparableSingle(Math.abs(b)))
    return false
  if (!(a < b)) f32[target >>> 2] = b
  return true
}

export const maximumSingle: HardLane = ({ f32, i32, view }, target, source) => {
  const a = f32[target >>> 2]!
  const b = view.getFloat32(source, true)
  if ((i32[mxcsrWord]! & plain) !== plain || !comparableSingle(Math.abs(a)) || !comparableSingle(Math.abs(b)))
    return false
  if (!(a > b)) f32[target >>> 2] = b
  return true
}

/** Whether the sum of two singles is a double. */
function isSumExact(a: number, b: number, r: number): boolean {
  const part = r - a
  return a - (r - part) + (b - part) === 0
}

/** A number, infinite or not, that raises no exception when it is compared. */
export function comparableSingle(magnitude: number): boolean {
  return magnitude >= least || magnitude === 0
}
