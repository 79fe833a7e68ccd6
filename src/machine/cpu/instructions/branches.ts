// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import {
  isBelow,
  isBelowOrEqual,
  isEqual,
  isLess,
  isLessOrEqual,
  isOverflow,
  isParity,
  isSign,
} from '../flags.ts'
import { bytesOf, type Compiler, locateForRead } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { farBranch } from '../segments/far.ts'
import type { CpuState } from '../state.ts'
import { finishAt, isCanonical, quickRead, quickWrite } from '../translation.ts'
import { conditional } from './conditions.ts'
import type { Family } from './family.ts'
import { advance, pushShort } from './stack-words.ts'

const rip = Register.rip * 2
const rsp = 8
const rspHigh = 9
const rcx = 2
const rcxHigh = 3

/** Branches: outcomes 1 (taken), 2 (not taken) and 3 (rip written) of `operation.ts`. */
export const branches: Family = [
  ...conditional('J', conditionalJump),
  [Mnemonic.Jmp, jump],
  [Mnemonic.Call, call],
  [Mnemonic.Ret, ret],
  [Mnemonic.Loop, (cpu, instruction) => loop(cpu, instruction, () => true)],
  [Mnemonic.Loope, (cpu, instruction) => loop(cpu, instruction, isEqual)],
  [Mnemonic.Loopne, (cpu, instruction) => loop(cpu, instruction, flags => !isEqual(flags))],
  [
    Mnemonic.Jrcxz,
    ({ i32 }) =>
      () =>
        (i32[rcx]! | i32[rcxHigh]!) === 0 ? 1 : 2,
  ],
  [
    Mnemonic.Jecxz,
    ({ i32 }) =>
      () =>
        i32[rcx]! === 0 ? 1 : 2,
  ],
]

const shortLoops = new Set<Code>([
  Code.Loop_rel8_16_ECX,
  Code.Loop_rel8_64_ECX,
  Code.Loope_rel8_16_ECX,
  Code.Loope_rel8_64_ECX,
  Code.Loopne_rel8_16_ECX,
  Code.Loopne_rel8_64_ECX,
])
/** Far pointers in memory. */
const farPointers = new Set<Code>([
  Code.Jmp_m1616,
  Code.Jmp_m1632,
  Code.Jmp_m1664,
  Code.Call_m1616,
  Code.Call_m1632,
  Code.Call_m1664,
])

/** One function for each condition, so that the engine can inline the test. */
const jumps: readonly ((flags: Int32Array) => Operation)[] = [
  f => () => (isOverflow(f) ? 1 : 2),
  f => () => (isOverflow(f) ? 2 : 1),
  f => () => (isBelow(f) ? 1 : 2),
  f => () => (isBelow(f) ? 2 : 1),
  f => () => (isEqual(f) ? 1 : 2),
  f => () => (isEqual(f) ? 2 : 1),
  f => () => (isBelowOrEqual(f) ? 1 : 2),
  f => () => (isBelowOrEqual(f) ? 2 : 1),
  f => () => (isSign(f) ? 1 : 2),
  f => () => (isSign(f) ? 2 : 1),
  f => () => (isParity(f) ? 1 : 2),
  f => () => (isParity(f) ? 2 : 1),
  f => () => (isLess(f) ? 1 : 2),
  f => () => (isLess(f) ? 2 : 1),
  f => () => (isLessOrEqual(f) ? 1 : 2),
  f => () => (isLessOrEqual(f) ? 2 : 1),
]

function conditionalJump(condition: number): Compiler {
  return cpu => jumps[condition]!(cpu.flags)
}

function jump(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [operand] = instruction.operands as [Operand]
  if (operand.kind === 'target') return () => 1
  if (operand.kind === 'memory' && farPointers.has(instruction.code))
    return farBranch(cpu, instruction, operand, false)
  if (bytesOf(operand) === 2) return shortJump(cpu, operand)
  if (bytesOf(operand) !== 8) return undefined
  const locate = locateForRead(cpu, operand, 8)
  const { i32, view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    const high = view.getInt32(at + 4, true)
    if (!isCanonical(high)) return cpu.raise(Vector.GP, 0)
    i32[rip] = view.getInt32(at, true)
    i32[rip + 1] = high
    return 3
  }
}

/** The address of a branch with 16-bit operands, which AMD processors have in 64-bit mode too (AMD APM 3, JMP Near), has 16 bits. */
function shortJump(cpu: CpuState, operand: Operand): Operation {
  const locate = locateForRead(cpu, operand, 2)
  const { i32, view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[rip] = view.getUint16(at, true)
    i32[rip + 1] = 0
    return 3
  }
}

function shortCall(cpu: CpuState, operand: Operand, nextLow: number): Operation {
  const direct = operand.kind === 'target'
  const jump = direct ? () => 1 : shortJump(cpu, operand)
  const push = pushShort(cpu)
  const { i32 } = cpu
  const scratch = Layout.scratchA >>> 2
  return () => {
    const low = i32[rip]!
    const high = i32[rip + 1]!
    const outcome = jump()
    if (outcome < 0) return -1
    i32[scratch] = nextLow
    if (push() === 0) return outcome
    i32[rip] = low
    i32[rip + 1] = high
    return -1
  }
}

function shortReturn(cpu: CpuState, extra: number): Operation {
  const { i32, view } = cpu
  return () => {
    const at = quickRead(cpu, i32, i32[rsp]!, i32[rspHigh]!, 2, 12)
    if (at < 0) return -1
    i32[rip] = view.getUint16(at, true)
    i32[rip + 1] = 0
    advance(i32, 2 + extra)
    return 3
  }
}

function call(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const { operands, code, nextLow, nextHigh } = instruction
  const [operand] = operands as [Operand]
  const { i32, view } = cpu
  if (code === Code.Call_rel16 || code === Code.Call_rm16) return shortCall(cpu, operand, nextLow)
  if (operand.kind === 'target')
    return () => {
      const old = i32[rsp]!
      const low = (old - 8) | 0
      const high = old >>> 0 < 8 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
      const at = quickWrite(cpu, i32, low, high, 8, 12)
      if (at < 0) return -1
      view.setInt32(at, nextLow, true)
      view.setInt32(at + 4, nextHigh, true)
      i32[rsp] = low
      i32[rspHigh] = high
      return finishAt(cpu, at) + 1
    }
  if (operand.kind === 'memory' && farPointers.has(code)) return farBranch(cpu, instruction, operand, true)
  if (bytesOf(operand) !== 8) return undefined
  const locate = locateForRead(cpu, operand, 8)
  return () => {
    const from = locate()
    if (from < 0) return -1
    const targetLow = view.getInt32(from, true)
    const targetHigh = view.getInt32(from + 4, true)
    if (!isCanonical(targetHigh)) return cpu.raise(Vector.GP, 0)
    const old = i32[rsp]!
    const low = (old - 8) | 0
    const high = old >>> 0 < 8 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
    const at = quickWrite(cpu, i32, low, high, 8, 12)
    if (at < 0) return -1
    view.setInt32(at, nextLow, true)
    view.setInt32(at + 4, nextHigh, true)
    i32[rsp] = low
    i32[rspHigh] = high
    i32[rip] = targetLow
    i32[rip + 1] = targetHigh
    return finishAt(cpu, at) + 3
  }
}

function ret(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const [operand] = operands
  const extra = operand?.kind === 'immediate' ? Number(operand.value & 0xffffn) : 0
  if (code === Code.Retnw || code === Code.Retnw_imm16) return shortReturn(cpu, extra)
  const { i32, view } = cpu
  return () => {
    const at = quickRead(cpu, i32, i32[rsp]!, i32[rspHigh]!, 8, 12)
    if (at < 0) return -1
    const high = view.getInt32(at + 4, true)
    if (!isCanonical(high)) return cpu.raise(Vector.GP, 0)
    i32[rip] = view.getInt32(at, true)
    i32[rip + 1] = high
    advance(i32, 8 + extra)
    return 3
  }
}

/** loop, loope, loopne count in rcx, or in ecx with an address size prefix. */
function loop(cpu: CpuState, { code }: Instruction, also: (flags: Int32Array) => boolean): Operation {
  const { i32, flags } = cpu
  if (shortLoops.has(code))
    return () => {
      const count = (i32[rcx]! - 1) | 0
      i32[rcx] = count
      i32[rcxHigh] = 0
      return count !== 0 && also(flags) ? 1 : 2
    }
  return () => {
    const low = i32[rcx]!
    i32[rcx] = low - 1
    if (low === 0) i32[rcxHigh] = i32[rcxHigh]! - 1
    return (i32[rcx]! | i32[rcxHigh]!) !== 0 && also(flags) ? 1 : 2
  }
}
