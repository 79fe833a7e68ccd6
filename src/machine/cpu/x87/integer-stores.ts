// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { Exception, Rounding } from '../soft-float/environment.ts'
import { Kind, type Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { writeDecimal, writeIndefiniteDecimal } from './decimal.ts'
import { toIntegral } from './integers.ts'
import { storeIntegerQuickly } from './quick-integer.ts'
import { hostOf, isEmpty, pop, readRegister, underflow } from './registers.ts'
import { control, raise, setC1 } from './status.ts'
import { waitingAt } from './waiting.ts'

/** What stores the top of the stack as an integer or in decimal. */
export const x87IntegerStores: Family = [
  [Mnemonic.Fist, storeInteger(false, false)],
  [Mnemonic.Fistp, storeInteger(true, false)],
  [Mnemonic.Fisttp, storeInteger(true, true)],
  [Mnemonic.Fbstp, storeDecimal],
]

function storeInteger(pops: boolean, truncates: boolean): Compiler {
  return (cpu, instruction) => {
    const [target] = instruction.operands
    if (target?.kind !== 'memory') return undefined
    const { bytes } = target
    const bits = BigInt(bytes * 8 - 1)
    return waitingAt(cpu, instruction, target, bytes, true, (_, at) => {
      if (storeQuickly(cpu, at, bytes, truncates)) {
        if (pops) pop(cpu)
        return
      }
      const integer = rounded(cpu, 1n << bits, truncates)
      if (integer === undefined) return
      if (bytes === 2) cpu.view.setInt16(at, Number(integer), true)
      else if (bytes === 4) cpu.view.setInt32(at, Number(integer), true)
      else cpu.view.setBigInt64(at, integer, true)
      if (pops) pop(cpu)
    })
  }
}

function storeQuickly(cpu: CpuState, at: number, bytes: number, truncates: boolean): boolean {
  if (isEmpty(cpu, 0)) return false
  const toZero = truncates || ((control(cpu) >>> 10) & 3) === Rounding.zero
  const stored = storeIntegerQuickly(cpu.view, hostOf(cpu, 0), at, bytes, toZero)
  if (stored < 0) return false
  setC1(cpu, false)
  raise(cpu, stored === 0 ? 0 : Exception.PE)
  return true
}

/** The top as an integer of −bound to bound − 1, −bound when it does not fit, or undefined when an exception keeps it. */
function rounded(cpu: CpuState, bound: bigint, truncates: boolean): bigint | undefined {
  if (isEmpty(cpu, 0)) return underflow(cpu) ? -bound : undefined
  const value = readRegister(cpu, 0)
  if (isNumber(value)) {
    const { magnitude, inexact, up } = toIntegral(
      value,
      truncates ? Rounding.zero : (control(cpu) >>> 10) & 3,
    )
    const integer = value.sign === 0 ? magnitude : -magnitude
    if (integer >= -bound && integer < bound) {
      setC1(cpu, up)
      return raise(cpu, inexact ? Exception.PE : 0, true) ? integer : undefined
    }
  }
  setC1(cpu, false)
  return raise(cpu, Exception.IE) ? -bound : undefined
}

function isNumber({ kind }: Value): boolean {
  return kind === Kind.finite || kind === Kind.zero
}

const decimalBound = 10n ** 18n

function storeDecimal(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [target] = instruction.operands
  if (target?.kind !== 'memory') return undefined
  return waitingAt(cpu, instruction, target, 10, true, (_, at) => {
    if (isEmpty(cpu, 0)) {
      if (!underflow(cpu)) return
      writeIndefiniteDecimal(cpu, at)
    } else {
      const value = readRegister(cpu, 0)
      const integral = isNumber(value) ? toIntegral(value, (control(cpu) >>> 10) & 3) : undefined
      const fits = integral !== undefined && integral.magnitude < decimalBound
      setC1(cpu, fits && integral.up)
      if (!raise(cpu, fits ? (integral.inexact ? Exception.PE : 0) : Exception.IE)) return
      if (fits) writeDecimal(cpu, at, value.sign, integral.magnitude)
      else writeIndefiniteDecimal(cpu, at)
    }
    pop(cpu)
  })
}
