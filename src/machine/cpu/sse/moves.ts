// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Vector } from '../../machine.ts'
import type { MemoryOperand, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { isString, sseMoves } from '../instructions/sse-moves.ts'
import { storeWord } from '../memory-words.ts'
import type { Compiler } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { formOf, readAtBase, readAtIndex, writeAtBase } from '../simple-address.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { isXmm } from './packed.ts'

const others: ReadonlyMap<Mnemonic, Compiler> = new Map(sseMoves)

/** The commonest forms of the commonest moves, each in one closure; `sseMoves` has the rest. */
export const quickMoves: Family = [
  ...[Mnemonic.Movaps, Mnemonic.Movapd, Mnemonic.Movdqa].map(mnemonic => whole(mnemonic, true)),
  ...[Mnemonic.Movups, Mnemonic.Movupd, Mnemonic.Movdqu].map(mnemonic => whole(mnemonic, false)),
  scalar(Mnemonic.Movsd),
  scalar(Mnemonic.Movq),
]

function whole(mnemonic: Mnemonic, aligned: boolean): Family[number] {
  const rest = others.get(mnemonic)!
  return [
    mnemonic,
    (cpu, instruction) => {
      const [target, source] = instruction.operands as [Operand, Operand]
      if (isXmm(target) && isXmm(source)) return copyRegister(cpu, target.host >>> 2, source.host >>> 2)
      if (isXmm(target) && isAtBase(source))
        return aligned ? loadAligned(cpu, source, target.host >>> 2) : load(cpu, source, target.host >>> 2)
      if (isXmm(target) && isAtIndex(source) && !aligned) return loadIndexed(cpu, source, target.host >>> 2)
      if (isXmm(source) && isAtBase(target))
        return aligned ? storeAligned(cpu, target, source.host >>> 2) : store(cpu, target, source.host >>> 2)
      return rest(cpu, instruction)
    },
  ]
}

function isAtBase(operand: Operand): operand is MemoryOperand {
  return operand.kind === 'memory' && formOf(operand) === 'base'
}

function isAtIndex(operand: Operand): operand is MemoryOperand {
  return operand.kind === 'memory' && formOf(operand) === 'indexed'
}

function copyRegister({ i32 }: CpuState, t: number, s: number): Operation {
  return () => {
    i32[t] = i32[s]!
    i32[t + 1] = i32[s + 1]!
    i32[t + 2] = i32[s + 2]!
    i32[t + 3] = i32[s + 3]!
    return 0
  }
}

function load(cpu: CpuState, operand: MemoryOperand, t: number): Operation {
  const { i32, view } = cpu
  const { base, low, high, vector } = operand
  return () => {
    const s = readAtBase(cpu, i32, base, low, high, 16, vector)
    if (s < 0) return -1
    i32[t] = view.getInt32(s, true)
    i32[t + 1] = view.getInt32(s + 4, true)
    i32[t + 2] = view.getInt32(s + 8, true)
    i32[t + 3] = view.getInt32(s + 12, true)
    return 0
  }
}

function loadIndexed(cpu: CpuState, operand: MemoryOperand, t: number): Operation {
  const { i32, view } = cpu
  const { base, index, scale, low, high, vector } = operand
  return () => {
    const s = readAtIndex(cpu, i32, base, index, scale, low, high, 16, vector)
    if (s < 0) return -1
    i32[t] = view.getInt32(s, true)
    i32[t + 1] = view.getInt32(s + 4, true)
    i32[t + 2] = view.getInt32(s + 8, true)
    i32[t + 3] = view.getInt32(s + 12, true)
    return 0
  }
}

/** An address that is no multiple of 16 is #GP before anything is looked up. */
function loadAligned(cpu: CpuState, operand: MemoryOperand, t: number): Operation {
  const { i32 } = cpu
  const { base, low, high, vector } = operand
  return () => {
    if (((i32[base]! + low) & 15) !== 0) return cpu.raise(Vector.GP, 0)
    const s = readAtBase(cpu, i32, base, low, high, 16, vector) >> 2
    if (s < 0) return -1
    i32[t] = i32[s]!
    i32[t + 1] = i32[s + 1]!
    i32[t + 2] = i32[s + 2]!
    i32[t + 3] = i32[s + 3]!
    return 0
  }
}

function store(cpu: CpuState, operand: MemoryOperand, s: number): Operation {
  const { i32, view } = cpu
  const { base, low, high, vector } = operand
  return () => {
    const t = writeAtBase(cpu, i32, base, low, high, 16, vector)
    if (t < 0) return -1
    view.setInt32(t, i32[s]!, true)
    view.setInt32(t + 4, i32[s + 1]!, true)
    view.setInt32(t + 8, i32[s + 2]!, true)
    view.setInt32(t + 12, i32[s + 3]!, true)
    return finish(cpu)
  }
}

function storeAligned(cpu: CpuState, operand: MemoryOperand, s: number): Operation {
  const { i32 } = cpu
  const { base, low, high, vector } = operand
  return () => {
    if (((i32[base]! + low) & 15) !== 0) return cpu.raise(Vector.GP, 0)
    const t = writeAtBase(cpu, i32, base, low, high, 16, vector) >> 2
    if (t < 0) return -1
    i32[t] = i32[s]!
    i32[t + 1] = i32[s + 1]!
    i32[t + 2] = i32[s + 2]!
    i32[t + 3] = i32[s + 3]!
    return finish(cpu)
  }
}

/** Eight bytes: from memory with the upper half cleared, or to memory. */
function scalar(mnemonic: Mnemonic): Family[number] {
  const rest = others.get(mnemonic)!
  return [
    mnemonic,
    (cpu, instruction) => {
      const [target, source] = instruction.operands as [Operand, Operand]
      if (isString(instruction)) return rest(cpu, instruction)
      if (isXmm(target) && isAtBase(source)) return loadScalar(cpu, source, target.host >>> 2)
      if (isXmm(source) && target.kind === 'memory') return storeWord(cpu, target, 8, source.host >>> 2)
      return rest(cpu, instruction)
    },
  ]
}

function loadScalar(cpu: CpuState, operand: MemoryOperand, t: number): Operation {
  const { i32, view } = cpu
  const { base, low, high, vector } = operand
  return () => {
    const s = readAtBase(cpu, i32, base, low, high, 8, vector)
    if (s < 0) return -1
    i32[t] = view.getInt32(s, true)
    i32[t + 1] = view.getInt32(s + 4, true)
    i32[t + 2] = 0
    i32[t + 3] = 0
    return 0
  }
}
