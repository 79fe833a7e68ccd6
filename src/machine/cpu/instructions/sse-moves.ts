// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { moveMmx } from '../mmx/mmx.ts'
import { isMmx } from '../mmx/registers.ts'
import { type Compiler, locateAligned, locateForRead, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import type { Family } from './family.ts'
import { copy } from './moves.ts'
import { compareDoubleString, moveDoubleString } from './strings.ts'

/** Moves of whole and partial xmm registers, and the exclusive or that clears them. */
export const sseMoves: Family = [
  [Mnemonic.Movaps, moveAll(true)],
  [Mnemonic.Movapd, moveAll(true)],
  [Mnemonic.Movdqa, moveAll(true)],
  [Mnemonic.Movntps, moveAll(true)],
  [Mnemonic.Movntpd, moveAll(true)],
  [Mnemonic.Movntdq, moveAll(true)],
  [Mnemonic.Movups, moveAll(false)],
  [Mnemonic.Movupd, moveAll(false)],
  [Mnemonic.Movdqu, moveAll(false)],
  [Mnemonic.Lddqu, moveAll(false)],
  [Mnemonic.Movss, moveScalar(4)],
  [
    Mnemonic.Movsd,
    (cpu, instruction) => (isString(instruction) ? moveDoubleString : moveScalar(8))(cpu, instruction),
  ],
  [
    Mnemonic.Cmpsd,
    (cpu, instruction) => (isString(instruction) ? compareDoubleString(cpu, instruction) : undefined),
  ],
  [Mnemonic.Movd, moveInteger(4)],
  [Mnemonic.Movq, moveInteger(8)],
  [Mnemonic.Movlps, moveHalf(0)],
  [Mnemonic.Movlpd, moveHalf(0)],
  [Mnemonic.Movhps, moveHalf(8)],
  [Mnemonic.Movhpd, moveHalf(8)],
  [Mnemonic.Movhlps, moveBetweenHalves(0, 8)],
  [Mnemonic.Movlhps, moveBetweenHalves(8, 0)],
  [Mnemonic.Pxor, exclusiveOr],
  [Mnemonic.Xorps, exclusiveOr],
  [Mnemonic.Xorpd, exclusiveOr],
]

/** movsd and cmpsd are names of string instructions too. */
export function isString(instruction: Instruction): boolean {
  return instruction.elementBytes !== 0
}

function isXmm(operand: Operand): boolean {
  return operand.kind === 'register' && operand.bytes === 16
}

function moveAll(aligned: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    const from = aligned ? locateAligned(cpu, source, 16, false) : locateForRead(cpu, source, 16)
    const to = aligned ? locateAligned(cpu, target, 16, true) : locateForWrite(cpu, target, 16)
    const { view } = cpu
    return () => {
      const f = from()
      if (f < 0) return -1
      const t = to()
      if (t < 0) return -1
      view.setInt32(t, view.getInt32(f, true), true)
      view.setInt32(t + 4, view.getInt32(f + 4, true), true)
      view.setInt32(t + 8, view.getInt32(f + 8, true), true)
      view.setInt32(t + 12, view.getInt32(f + 12, true), true)
      return finish(cpu)
    }
  }
}

/** movss and movsd: a load clears the rest of the register, a move between registers keeps it. */
function moveScalar(bytes: 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    const from = locateForRead(cpu, source, bytes)
    const to = locateForWrite(cpu, target, bytes)
    const clears = source.kind === 'memory'
    const { view } = cpu
    return () => {
      const f = from()
      if (f < 0) return -1
      const t = to()
      if (t < 0) return -1
      view.setInt32(t, view.getInt32(f, true), true)
      if (bytes === 8) view.setInt32(t + 4, view.getInt32(f + 4, true), true)
      if (clears) clearFrom(view, t, bytes)
      return finish(cpu)
    }
  }
}

function clearFrom(view: DataView, xmm: number, bytes: number): void {
  for (let at = bytes; at < 16; at += 4) view.setInt32(xmm + at, 0, true)
}

/** movd and movq: a load of an xmm register clears the rest of it, from wherever. */
function moveInteger(bytes: 4 | 8): Compiler {
  return (cpu, instruction) => {
    const [target, source] = instruction.operands as [Operand, Operand]
    if (isMmx(target) || isMmx(source)) return moveMmx(bytes)(cpu, instruction)
    if (!isXmm(target)) return copyFromXmm(cpu, target, source, bytes)
    const from = locateForRead(cpu, source, bytes)
    const to = locateForRead(cpu, target, 16)()
    const { view } = cpu
    return () => {
      const f = from()
      if (f < 0) return -1
      view.setInt32(to, view.getInt32(f, true), true)
      if (bytes === 8) view.setInt32(to + 4, view.getInt32(f + 4, true), true)
      clearFrom(view, to, bytes)
      return 0
    }
  }
}

function copyFromXmm(cpu: CpuState, target: Operand, source: Operand, bytes: number): Operation {
  return copy(cpu, target, source, bytes)
}

/** movlps, movhps and their pd twins move 8 bytes and keep the other half. */
function moveHalf(half: 0 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    const loads = isXmm(target)
    const from = locateForRead(cpu, source, loads ? 8 : 16)
    const to = locateForWrite(cpu, target, loads ? 16 : 8)
    const fromHalf = loads ? 0 : half
    const toHalf = loads ? half : 0
    const { view } = cpu
    return () => {
      const f = from()
      if (f < 0) return -1
      const t = to()
      if (t < 0) return -1
      view.setInt32(t + toHalf, view.getInt32(f + fromHalf, true), true)
      view.setInt32(t + toHalf + 4, view.getInt32(f + fromHalf + 4, true), true)
      return finish(cpu)
    }
  }
}

function moveBetweenHalves(to: number, from: number): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    const t = locateForRead(cpu, target, 16)() + to
    const f = locateForRead(cpu, source, 16)() + from
    const { u8 } = cpu
    return () => {
      u8.copyWithin(t, f, f + 8)
      return 0
    }
  }
}

function exclusiveOr(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source] = operands as [Operand, Operand]
  if (!isXmm(target)) return undefined
  const from = locateAligned(cpu, source, 16, false)
  const t = locateForRead(cpu, target, 16)() >>> 2
  const { i32, view } = cpu
  return () => {
    const f = from()
    if (f < 0) return -1
    i32[t] = i32[t]! ^ view.getInt32(f, true)
    i32[t + 1] = i32[t + 1]! ^ view.getInt32(f + 4, true)
    i32[t + 2] = i32[t + 2]! ^ view.getInt32(f + 8, true)
    i32[t + 3] = i32[t + 3]! ^ view.getInt32(f + 12, true)
    return 0
  }
}
