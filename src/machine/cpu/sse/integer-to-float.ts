// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { convertMmx } from '../mmx/mmx.ts'
import { locateMmx } from '../mmx/registers.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import { double, type Format, pack, single } from '../soft-float/format.ts'
import { round } from '../soft-float/round.ts'
import type { CpuState } from '../state.ts'
import { deliver, mxcsrWord, plain, plainMask, sseEnvironment } from './mxcsr.ts'
import { isXmm } from './packed.ts'
import { writeBits } from './soft-lanes.ts'

/** Conversions of integers to singles and doubles; the only exception is PE. */
export const integerToFloat: Family = [
  [Mnemonic.Cvtsi2sd, fromGeneral(8)],
  [Mnemonic.Cvtsi2ss, fromGeneral(4)],
  [Mnemonic.Cvtdq2pd, toDoubles],
  [Mnemonic.Cvtpi2pd, convertMmx(toDoubles)],
  [Mnemonic.Cvtdq2ps, toSingles(4)],
  [Mnemonic.Cvtpi2ps, convertMmx(toSingles(2))],
]

function fromGeneral(bytes: 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target) || (source.kind !== 'register' && source.kind !== 'memory')) return undefined
    const t = target.host
    const wide = source.bytes === 8
    const from = locateForRead(cpu, source, source.bytes)
    const { i32, view, memory } = cpu
    const { f32, f64 } = memory
    return () => {
      const s = from()
      if (s < 0) return -1
      const low = view.getInt32(s, true)
      const high = wide ? view.getInt32(s + 4, true) : low >> 31
      const x = high * 0x1_0000_0000 + (low >>> 0)
      // Beyond 53 bits, x may be rounded already.
      const known = high < 0x20_0000 && high >= -0x20_0000
      if (known && bytes === 8) f64[t >>> 3] = x
      else if (known && Math.fround(x) === x) f32[t >>> 2] = x
      else if (known && (i32[mxcsrWord]! & plainMask) === plain) {
        i32[mxcsrWord] = i32[mxcsrWord]! | 0x20
        f32[t >>> 2] = x
      } else return convertSoftly(cpu, bytes, t, (BigInt(high) << 32n) | BigInt(low >>> 0))
      return 0
    }
  }
}

function convertSoftly(cpu: CpuState, bytes: 4 | 8, target: number, integer: bigint): 0 | -1 {
  const [bits, raised] = rounded(cpu, bytes === 4 ? single : double, integer)
  if (deliver(cpu, raised) < 0) return -1
  writeBits(cpu.view, target, bytes, bits)
  return 0
}

/** The bits of an integer that is not zero, and what it raises. */
function rounded(cpu: CpuState, format: Format, integer: bigint): [bits: bigint, raised: number] {
  const environment = sseEnvironment(cpu, format)
  const value = integer < 0n ? round(environment, 1, -integer, 0) : round(environment, 0, integer, 0)
  return [pack(format, value), environment.raised]
}

/** Two doublewords, which may lie anywhere in memory, to doubles: always exact. */
function toDoubles(...[cpu, { operands }]: Parameters<Compiler>): ReturnType<Compiler> {
  const [target, source] = operands as [Operand, Operand]
  if (!isXmm(target)) return undefined
  const t = target.host >>> 3
  const from = locateMmx(cpu, source, 8)
  const { view, memory } = cpu
  const { f64 } = memory
  return () => {
    const s = from()
    if (s < 0) return -1
    const high = view.getInt32(s + 4, true)
    f64[t] = view.getInt32(s, true)
    f64[t + 1] = high
    return 0
  }
}

/** Four doublewords, aligned, or two anywhere, to singles. */
function toSingles(count: 2 | 4): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = count === 4 ? locateAligned(cpu, source, 16, false) : locateMmx(cpu, source, 8)
    const { i32, view, memory } = cpu
    const { f32 } = memory
    return () => {
      const s = from()
      if (s < 0) return -1
      let exact = true
      for (let n = 0; n < count; n++) {
        const x = view.getInt32(s + 4 * n, true)
        exact &&= Math.fround(x) === x
      }
      if (!exact && (i32[mxcsrWord]! & plainMask) !== plain) return lanesSoftly(cpu, t, s, count)
      if (!exact) i32[mxcsrWord] = i32[mxcsrWord]! | 0x20
      for (let n = 0; n < count; n++) f32[(t >>> 2) + n] = view.getInt32(s + 4 * n, true)
      return 0
    }
  }
}

function lanesSoftly(cpu: CpuState, target: number, source: number, count: number): 0 | -1 {
  const { view } = cpu
  const results: bigint[] = []
  let raised = 0
  for (let n = 0; n < count; n++) {
    const integer = BigInt(view.getInt32(source + 4 * n, true))
    const [bits, exceptions] = integer === 0n ? [0n, 0] : rounded(cpu, single, integer)
    results.push(bits)
    raised |= exceptions
  }
  if (deliver(cpu, raised) < 0) return -1
  for (let n = 0; n < count; n++) writeBits(view, target + 4 * n, 4, results[n]!)
  return 0
}
