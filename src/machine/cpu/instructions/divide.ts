// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { bytesOf, locateForRead } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import type { Family } from './family.ts'

/** div and idiv: #DE for a divisor of zero and for a quotient that does not fit. Flags are undefined: they stay. */
export const divide: Family = [
  [Mnemonic.Div, (cpu, instruction) => division(cpu, instruction, false)],
  [Mnemonic.Idiv, (cpu, instruction) => division(cpu, instruction, true)],
]

function division(cpu: CpuState, { operands }: Instruction, signed: boolean): Operation {
  const [operand] = operands as [Operand]
  const bytes = bytesOf(operand)
  const locate = locateForRead(cpu, operand, bytes)
  if (bytes === 1) return divideBytes(cpu, locate, signed)
  if (bytes === 2) return divideWords(cpu, locate, signed)
  return bytes === 4 ? divideDoubles(cpu, locate, signed) : divideQuads(cpu, locate, signed)
}

/** al = ax / operand, ah = remainder. */
function divideBytes(cpu: CpuState, locate: () => number, signed: boolean): Operation {
  const { view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    const divisor = signed ? view.getInt8(at) : view.getUint8(at)
    const dividend = signed ? view.getInt16(0, true) : view.getUint16(0, true)
    const quotient = Math.trunc(dividend / divisor)
    if (!fits(divisor, quotient, signed, 8)) return cpu.raise(Vector.DE, 0)
    view.setInt8(0, quotient)
    view.setInt8(1, dividend - quotient * divisor)
    return 0
  }
}

/** ax = dx:ax / operand, dx = remainder. */
function divideWords(cpu: CpuState, locate: () => number, signed: boolean): Operation {
  const { view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    const divisor = signed ? view.getInt16(at, true) : view.getUint16(at, true)
    const bits = (view.getUint16(16, true) << 16) | view.getUint16(0, true)
    const dividend = signed ? bits : bits >>> 0
    const quotient = Math.trunc(dividend / divisor)
    if (!fits(divisor, quotient, signed, 16)) return cpu.raise(Vector.DE, 0)
    view.setInt16(0, quotient, true)
    view.setInt16(16, dividend - quotient * divisor, true)
    return 0
  }
}

/** eax = edx:eax / operand, edx = remainder. */
function divideDoubles(cpu: CpuState, locate: () => number, signed: boolean): Operation {
  const { i32, view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    const divisor = signed ? view.getInt32(at, true) : view.getUint32(at, true)
    const high = signed ? i32[4]! : i32[4]! >>> 0
    let quotient: number
    let remainder: number
    if (high >= -0x10_0000 && high < 0x10_0000) {
      // Both fit into 53 bits, so the division is exact but for its rounding, which truncation makes harmless.
      const dividend = high * 0x1_0000_0000 + (i32[0]! >>> 0)
      quotient = Math.trunc(dividend / divisor)
      if (!fits(divisor, quotient, signed, 32)) return cpu.raise(Vector.DE, 0)
      remainder = dividend - quotient * divisor
    } else {
      if (divisor === 0) return cpu.raise(Vector.DE, 0)
      const dividend = (BigInt(high) << 32n) | BigInt(i32[0]! >>> 0)
      const exact = dividend / BigInt(divisor)
      if (exact < (signed ? -0x8000_0000n : 0n) || exact > (signed ? 0x7fff_ffffn : 0xffff_ffffn))
        return cpu.raise(Vector.DE, 0)
      quotient = Number(exact)
      remainder = Number(dividend - exact * BigInt(divisor))
    }
    i32[0] = quotient
    i32[1] = 0
    i32[4] = remainder
    i32[5] = 0
    return 0
  }
}

/** rax = rdx:rax / operand, rdx = remainder. */
function divideQuads(cpu: CpuState, locate: () => number, signed: boolean): Operation {
  const { i32, view, u64 } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    const divisorHigh = view.getInt32(at + 4, true)
    if ((i32[1]! | divisorHigh) >>> 20 === 0 && (i32[4]! | i32[5]!) === 0) {
      // Dividend and divisor are positive and below 2^52: numbers are exact.
      const dividend = i32[1]! * 0x1_0000_0000 + (i32[0]! >>> 0)
      const divisor = divisorHigh * 0x1_0000_0000 + view.getUint32(at, true)
      if (divisor === 0) return cpu.raise(Vector.DE, 0)
      const quotient = Math.floor(dividend / divisor)
      const remainder = dividend - quotient * divisor
      i32[0] = quotient
      i32[1] = quotient / 0x1_0000_0000
      i32[4] = remainder
      i32[5] = remainder / 0x1_0000_0000
      return 0
    }
    const divisor = signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true)
    if (divisor === 0n) return cpu.raise(Vector.DE, 0)
    const high = signed ? BigInt.asIntN(64, u64[2]!) : u64[2]!
    const dividend = (high << 64n) | u64[0]!
    const quotient = dividend / divisor
    if (quotient !== (signed ? BigInt.asIntN(64, quotient) : BigInt.asUintN(64, quotient)))
      return cpu.raise(Vector.DE, 0)
    u64[0] = quotient
    u64[2] = dividend - quotient * divisor
    return 0
  }
}

function fits(divisor: number, quotient: number, signed: boolean, bits: number): boolean {
  if (divisor === 0) return false
  const half = 2 ** (bits - 1)
  return signed ? quotient >= -half && quotient < half : quotient < 2 * half
}
