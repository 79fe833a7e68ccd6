// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { Exception } from '../soft-float/environment.ts'
import { indefinite, isSignaling, quiet, type Value } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { decimalOperand } from './decimal.ts'
import { floatOperand } from './memory-values.ts'
import { loadDoubleQuickly, loadSingleQuickly } from './quick-double.ts'
import { loadIntegerQuickly } from './quick-integer.ts'
import { hostOf, isEmpty, openRegister, setFull, underflow, writeRegister } from './registers.ts'
import { raise, setC1, setTop, top } from './status.ts'
import { waiting, waitingAt } from './waiting.ts'

/** What pushes a number: from memory, from a register, and constants. */
export const x87Loads: Family = [
  [Mnemonic.Fld, load],
  [Mnemonic.Fild, loadExactly(loadInteger)],
  [Mnemonic.Fbld, loadExactly(loadDecimal)],
]

function load(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [source] = instruction.operands
  if (source?.kind === 'st') return waiting(cpu, instruction, () => loadRegister(cpu, source.number))
  if (source?.kind !== 'memory') return undefined
  const { bytes } = source
  if (bytes === 10) return waitingAt(cpu, instruction, source, bytes, false, loadExtended)
  return waitingAt(cpu, instruction, source, bytes, false, (_, at) => loadFloat(cpu, at, bytes))
}

function loadFloat(cpu: CpuState, at: number, bytes: number): void {
  if (isEmpty(cpu, 7)) {
    const quickly = bytes === 8 ? loadDoubleQuickly : loadSingleQuickly
    if (quickly(cpu.view, at, hostOf(cpu, 7))) {
      setTop(cpu, top(cpu) + 7)
      setFull(cpu, 0)
      setC1(cpu, false)
      return
    }
  }
  push(cpu, floatOperand(cpu, at, bytes))
}

function loadRegister(cpu: CpuState, index: number): void {
  if (isEmpty(cpu, index)) {
    if (underflow(cpu)) pushRaw(cpu, indefinite)
    return
  }
  const from = hostOf(cpu, index)
  if (openRegister(cpu)) copy(cpu, from)
}

/** 80 bits, whatever they are. */
function loadExtended(cpu: CpuState, at: number): void {
  if (openRegister(cpu)) copy(cpu, at)
}

function copy(cpu: CpuState, from: number): void {
  const to = hostOf(cpu, 0)
  cpu.u8.copyWithin(to, from, from + 10)
  setFull(cpu, 0)
  setC1(cpu, false)
}

/** What raises nothing but a stack fault. */
function loadExactly(load: (cpu: CpuState, at: number, bytes: number) => void): Compiler {
  return (cpu, instruction) => {
    const [source] = instruction.operands
    if (source?.kind !== 'memory') return undefined
    return waitingAt(cpu, instruction, source, source.bytes, false, (_, at) => {
      if (!openRegister(cpu)) return
      setC1(cpu, false)
      load(cpu, at, source.bytes)
    })
  }
}

function loadInteger(cpu: CpuState, at: number, bytes: number): void {
  loadIntegerQuickly(cpu.view, at, bytes, hostOf(cpu, 0))
  setFull(cpu, 0)
}

function loadDecimal(cpu: CpuState, at: number): void {
  writeRegister(cpu, 0, decimalOperand(cpu, at))
}

/** Pushes a single or double: a signaling NaN is invalid; a denormal is noted, and pushed even when that is not masked. */
function push(cpu: CpuState, value: Value): void {
  if (!openRegister(cpu)) return
  setC1(cpu, false)
  if (value.denormal) raise(cpu, Exception.DE)
  if (!isSignaling(value)) writeRegister(cpu, 0, value)
  else if (raise(cpu, Exception.IE)) writeRegister(cpu, 0, quiet(value))
  else setTop(cpu, top(cpu) + 1)
}

/** Pushes onto a register that nobody minds. */
function pushRaw(cpu: CpuState, value: Value): void {
  setTop(cpu, top(cpu) + 7)
  writeRegister(cpu, 0, value)
}
