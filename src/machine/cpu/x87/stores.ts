// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { invalid, propagate } from '../soft-float/arithmetic.ts'
import { Exception } from '../soft-float/environment.ts'
import { double, pack, single } from '../soft-float/format.ts'
import { round } from '../soft-float/round.ts'
import { indefinite, Kind, type Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { x87Environment } from './environment.ts'
import { storeDoubleQuickly } from './quick-double.ts'
import { hostOf, isEmpty, pop, readRegister, setFull, underflow, writeExtended } from './registers.ts'
import { control, raise, setC1 } from './status.ts'
import { waiting, waitingAt } from './waiting.ts'

/** What stores the top of the stack as a floating-point number. */
export const x87Stores: Family = [
  [Mnemonic.Fst, store(false)],
  [Mnemonic.Fstp, store(true)],
  [Mnemonic.Fstpnce, storeUnchecked],
]

function store(pops: boolean): Compiler {
  return (cpu, instruction) => {
    const [target] = instruction.operands
    if (target?.kind === 'st') return storeRegister(cpu, instruction, target.number, pops)
    if (target?.kind !== 'memory') return undefined
    const body = target.bytes === 10 ? storeExtended : target.bytes === 8 ? storeDouble : storeSingle
    return waitingAt(cpu, instruction, target, target.bytes, true, (_, at) => {
      if (body(cpu, at) && pops) pop(cpu)
    })
  }
}

function storeRegister(cpu: CpuState, instruction: Instruction, index: number, pops: boolean): Operation {
  return waiting(cpu, instruction, () => {
    if (isEmpty(cpu, 0)) {
      if (!underflow(cpu)) return
      writeExtended(cpu, hostOf(cpu, index), indefinite)
    } else {
      const from = hostOf(cpu, 0)
      cpu.u8.copyWithin(hostOf(cpu, index), from, from + 10)
      setC1(cpu, false)
    }
    setFull(cpu, index)
    if (pops) pop(cpu)
  })
}

/** D9 D8+i, which nobody documents, does not mind an empty top: then it only pops. */
function storeUnchecked(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [target] = instruction.operands
  if (target?.kind !== 'st') return undefined
  return waiting(cpu, instruction, () => {
    setC1(cpu, false)
    if (!isEmpty(cpu, 0)) {
      const from = hostOf(cpu, 0)
      cpu.u8.copyWithin(hostOf(cpu, target.number), from, from + 10)
      setFull(cpu, target.number)
    }
    pop(cpu)
  })
}

function storeExtended(cpu: CpuState, at: number): boolean {
  if (isEmpty(cpu, 0)) {
    if (!underflow(cpu)) return false
    writeExtended(cpu, at, indefinite)
    return true
  }
  const from = hostOf(cpu, 0)
  cpu.u8.copyWithin(at, from, from + 10)
  setC1(cpu, false)
  return true
}

/** Rounding to nearest with PE masked. */
const plainMask = 0xc20
const plain = 0x20

function storeDouble(cpu: CpuState, at: number): boolean {
  if (!isEmpty(cpu, 0) && (control(cpu) & plainMask) === plain) {
    const rounding = storeDoubleQuickly(cpu.view, hostOf(cpu, 0), at)
    if (rounding >= 0) {
      setC1(cpu, rounding === 2)
      raise(cpu, rounding === 0 ? 0 : Exception.PE)
      return true
    }
  }
  const bits = storedBits(cpu, double)
  if (bits === undefined) return false
  cpu.view.setBigUint64(at, bits, true)
  return true
}

function storeSingle(cpu: CpuState, at: number): boolean {
  const bits = storedBits(cpu, single)
  if (bits === undefined) return false
  cpu.view.setUint32(at, Number(bits), true)
  return true
}

/** The top in a format of memory, or undefined when an exception keeps it. */
function storedBits(cpu: CpuState, format: typeof single): bigint | undefined {
  if (isEmpty(cpu, 0)) return underflow(cpu) ? pack(format, indefinite) : undefined
  const environment = x87Environment(cpu, format)
  const value = readRegister(cpu, 0)
  let result: Value = value
  if (value.kind === Kind.unsupported) result = invalid(environment)
  else if (value.kind === Kind.nan) result = propagate(environment, value, value)
  else if (value.kind === Kind.finite)
    result = round(environment, value.sign, value.significand, value.exponent)
  const delivered = raise(cpu, environment.raised, true)
  setC1(cpu, delivered && environment.roundedUp)
  return delivered ? pack(format, result) : undefined
}
