// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import { noteDenormals, propagate } from '../soft-float/arithmetic.ts'
import type { Environment } from '../soft-float/environment.ts'
import { double, pack, single, unpack } from '../soft-float/format.ts'
import { round } from '../soft-float/round.ts'
import { Kind, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { deliver, denormalsAreZero, mxcsrWord, plain, plainMask, sseEnvironment } from './mxcsr.ts'
import { isXmm } from './packed.ts'
import { readBits, writeBits } from './soft-lanes.ts'

/** Conversions between singles and doubles. */
export const floatToFloat: Family = [
  [Mnemonic.Cvtss2sd, widen(1)],
  [Mnemonic.Cvtps2pd, widen(2)],
  [Mnemonic.Cvtsd2ss, narrow(1)],
  [Mnemonic.Cvtpd2ps, narrow(2)],
]

const leastSingle = 2 ** -126
const beyondSingle = 2 ** 128
const inexact = 0x20

function widen(count: 1 | 2): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host >>> 3
    const from = locateForRead(cpu, source, 4 * count)
    const { view, memory } = cpu
    const { f64 } = memory
    return () => {
      const s = from()
      if (s < 0) return -1
      const x = view.getFloat32(s, true)
      const y = count === 2 ? view.getFloat32(s + 4, true) : 0
      if (!isPlain(x) || !isPlain(y)) return convertSoftly(cpu, 4, 8, count, t * 8, s)
      f64[t] = x
      if (count === 2) f64[t + 1] = y
      return 0
    }
  }
}

function isPlain(x: number): boolean {
  const magnitude = Math.abs(x)
  return (magnitude >= leastSingle && magnitude < beyondSingle) || x === 0
}

/** The packed form clears the upper half. */
function narrow(count: 1 | 2): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host >>> 2
    const from = count === 2 ? locateAligned(cpu, source, 16, false) : locateForRead(cpu, source, 8)
    const { i32, view, memory } = cpu
    const { f32 } = memory
    return () => {
      const s = from()
      if (s < 0) return -1
      const x = view.getFloat64(s, true)
      const y = count === 2 ? view.getFloat64(s + 8, true) : 0
      if ((i32[mxcsrWord]! & plainMask) !== plain || !narrows(x) || !narrows(y)) {
        if (convertSoftly(cpu, 8, 4, count, t * 4, s) < 0) return -1
      } else {
        if (Math.fround(x) !== x || Math.fround(y) !== y) i32[mxcsrWord] = i32[mxcsrWord]! | inexact
        f32[t] = x
        if (count === 2) f32[t + 1] = y
      }
      if (count === 2) {
        i32[t + 2] = 0
        i32[t + 3] = 0
      }
      return 0
    }
  }
}

/** Whether a double becomes a normal single or zero without any doubt. */
function narrows(x: number): boolean {
  const magnitude = Math.abs(Math.fround(x))
  return (magnitude > leastSingle && magnitude < beyondSingle) || x === 0
}

function convertSoftly(
  cpu: CpuState,
  fromBytes: 4 | 8,
  toBytes: 4 | 8,
  count: number,
  target: number,
  source: number,
): 0 | -1 {
  const { view } = cpu
  const daz = (cpu.i32[mxcsrWord]! & denormalsAreZero) !== 0
  const to = toBytes === 4 ? single : double
  const environment = sseEnvironment(cpu, to)
  const results: bigint[] = []
  for (let n = 0; n < count; n++) {
    const value = unpack(fromBytes === 4 ? single : double, readBits(view, source + n * fromBytes, fromBytes))
    results.push(pack(to, convert(environment, daz && value.denormal ? zero(value.sign) : value)))
  }
  if (deliver(cpu, environment.raised) < 0) return -1
  for (let n = 0; n < count; n++) writeBits(view, target + n * toBytes, toBytes, results[n]!)
  return 0
}

/** A value of one format in that of the environment. */
export function convert(environment: Environment, value: Value): Value {
  if (value.kind === Kind.nan) return propagate(environment, value, value)
  if (value.kind !== Kind.finite) return value
  noteDenormals(environment, value, value)
  return round(environment, value.sign, value.significand, value.exponent)
}
