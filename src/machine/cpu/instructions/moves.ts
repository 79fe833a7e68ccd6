// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { evaluate } from '../flags.ts'
import { loadByte, loadWord, storeWord } from '../memory-words.ts'
import {
  bytesOf,
  type Compiler,
  clearsUpper,
  effectiveAddress,
  locateForRead,
  locateForWrite,
  wordOf,
} from '../operands.ts'
import type { Operation } from '../operation.ts'
import { moveFromSegment, moveToSegment } from '../segments/loads.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { conditional } from './conditions.ts'
import type { Family } from './family.ts'
import { controlRegister } from './system.ts'

const addressHigh = Layout.address >>> 2

/** Moves between general registers and memory, extensions, lea, xchg, conditional moves and sets. */
export const moves: Family = [
  [Mnemonic.Mov, move],
  [Mnemonic.Movnti, move],
  [Mnemonic.Movzx, (cpu, instruction) => extend(cpu, instruction, false)],
  [Mnemonic.Movsx, (cpu, instruction) => extend(cpu, instruction, true)],
  [Mnemonic.Movsxd, (cpu, instruction) => extend(cpu, instruction, true)],
  [Mnemonic.Lea, lea],
  [Mnemonic.Xchg, exchange],
  [Mnemonic.Bswap, byteSwap],
  [Mnemonic.Xlatb, xlat],
  ...conditional('Cmov', conditionalMove),
  ...conditional('Set', conditionalSet),
]

function move(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source] = operands as [Operand, Operand]
  if (source.kind === 'segment') return moveFromSegment(cpu, target, source.number)
  if (target.kind === 'segment') return moveToSegment(cpu, target.number, source)
  if (target.kind === 'control') return controlRegister(cpu, target.number)
  if (source.kind === 'control') return controlRegister(cpu, source.number)
  return copy(cpu, target, source, bytesOf(target) || bytesOf(source))
}

/** Copies 1 to 8 bytes; the shortest way for each pair of kinds. */
export function copy(cpu: CpuState, target: Operand, source: Operand, bytes: number): Operation {
  const { i32 } = cpu
  const d = wordOf(cpu, target)
  const s = bytes >= 4 ? wordOf(cpu, source) : undefined
  if (d !== undefined && s !== undefined) {
    if (bytes === 4)
      return () => {
        i32[d] = i32[s]!
        i32[d + 1] = 0
        return 0
      }
    return () => {
      i32[d] = i32[s]!
      i32[d + 1] = i32[s + 1]!
      return 0
    }
  }
  if (bytes === 4 || bytes === 8) {
    if (d !== undefined && source.kind === 'memory') return loadWord(cpu, source, bytes, d)
    if (s !== undefined && target.kind === 'memory') return storeWord(cpu, target, bytes, s)
  }
  return copyNarrow(cpu, target, source, bytes)
}

function copyNarrow(cpu: CpuState, target: Operand, source: Operand, bytes: number): Operation {
  const { u8, view } = cpu
  const from = locateForRead(cpu, source, bytes)
  const to = locateForWrite(cpu, target, bytes)
  if (bytes === 1)
    return () => {
      const f = from()
      if (f < 0) return -1
      const t = to()
      if (t < 0) return -1
      u8[t] = u8[f]!
      return finish(cpu)
    }
  return () => {
    const f = from()
    if (f < 0) return -1
    const t = to()
    if (t < 0) return -1
    view.setInt16(t, view.getInt16(f, true), true)
    return finish(cpu)
  }
}

/** movzx, movsx, movsxd. */
function extend(cpu: CpuState, { operands }: Instruction, signed: boolean): Operation {
  const [target, source] = operands as [Operand, Operand]
  const from = bytesOf(source)
  const to = bytesOf(target)
  const { i32, u8, view } = cpu
  const locate = locateForRead(cpu, source, from)
  const d = wordOf(cpu, target)
  if (d === undefined) {
    const host = locateForWrite(cpu, target, 2)()
    return () => {
      const at = locate()
      if (at < 0) return -1
      view.setInt16(host, from === 2 ? view.getInt16(at, true) : signed ? view.getInt8(at) : u8[at]!, true)
      return 0
    }
  }
  if (!signed && from === 1 && source.kind === 'memory') return loadByte(cpu, source, d)
  if (!signed && from === 1)
    return () => {
      const at = locate()
      if (at < 0) return -1
      i32[d] = u8[at]!
      i32[d + 1] = 0
      return 0
    }
  if (!signed)
    return () => {
      const at = locate()
      if (at < 0) return -1
      i32[d] = view.getUint16(at, true)
      i32[d + 1] = 0
      return 0
    }
  return () => {
    const at = locate()
    if (at < 0) return -1
    const value =
      from === 1 ? view.getInt8(at) : from === 2 ? view.getInt16(at, true) : view.getInt32(at, true)
    i32[d] = value
    i32[d + 1] = to === 8 ? value >> 31 : 0
    return 0
  }
}

function lea(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source] = operands as [Operand, Operand]
  if (source.kind !== 'memory') return undefined
  const { i32, view } = cpu
  const address = effectiveAddress(cpu, source, false)
  const d = wordOf(cpu, target)
  if (d === undefined) {
    const host = locateForWrite(cpu, target, 2)()
    return () => {
      view.setInt16(host, address(), true)
      return 0
    }
  }
  if (bytesOf(target) === 4)
    return () => {
      i32[d] = address()
      i32[d + 1] = 0
      return 0
    }
  return () => {
    i32[d] = address()
    i32[d + 1] = i32[addressHigh]!
    return 0
  }
}

function exchange(cpu: CpuState, { operands }: Instruction): Operation {
  const [first, second] = operands as [Operand, Operand]
  const bytes = bytesOf(first)
  const { u8 } = cpu
  // Only the first can be memory in the encoding; the decoder may name them the other way round.
  const [one, other] = second.kind === 'memory' ? [second, first] : [first, second]
  const locate = locateForWrite(cpu, one, bytes)
  const host = locateForRead(cpu, other, bytes)()
  const clearOne = clearsUpper(one)
  const clearOther = clearsUpper(other)
  const { view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    for (let n = 0; n < bytes; n++) {
      const byte = u8[at + n]!
      u8[at + n] = u8[host + n]!
      u8[host + n] = byte
    }
    if (clearOne) view.setInt32(at + 4, 0, true)
    if (clearOther) view.setInt32(host + 4, 0, true)
    return finish(cpu)
  }
}

/** bswap; of a 16-bit register it gives zero (undefined in Intel SDM 2A; what processors do). */
function byteSwap(cpu: CpuState, { operands }: Instruction): Operation {
  const [operand] = operands as [Operand]
  const { view, i32 } = cpu
  const host = locateForRead(cpu, operand, 8)()
  switch (bytesOf(operand)) {
    case 8:
      return () => {
        const low = view.getInt32(host, true)
        view.setInt32(host, view.getInt32(host + 4, false), true)
        view.setInt32(host + 4, low, false)
        return 0
      }
    case 4:
      return () => {
        i32[host >>> 2] = view.getInt32(host, false)
        i32[(host >>> 2) + 1] = 0
        return 0
      }
    default:
      return () => {
        view.setInt16(host, 0, true)
        return 0
      }
  }
}

/** al = the byte at rbx + al. */
function xlat(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const memory = instruction.operands.find(operand => operand.kind === 'memory')
  const rax = 0
  const { u8, i32 } = cpu
  if (memory === undefined) return undefined
  const scratch = Layout.scratchC >>> 2
  const locate = locateForRead(cpu, { ...memory, index: scratch, scale: 0 }, 1)
  return () => {
    i32[scratch] = u8[rax]!
    i32[scratch + 1] = 0
    const at = locate()
    if (at < 0) return -1
    u8[rax] = u8[at]!
    return 0
  }
}

/** cmovcc reads its source, with its faults, whatever the condition says, and always clears the upper half. */
function conditionalMove(condition: number): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    const bytes = bytesOf(target)
    const { i32, view, flags } = cpu
    const locate = locateForRead(cpu, source, bytes)
    const d = wordOf(cpu, target)
    if (d === undefined) {
      const host = locateForWrite(cpu, target, 2)()
      return () => {
        const at = locate()
        if (at < 0) return -1
        if (evaluate(flags, condition)) view.setInt16(host, view.getInt16(at, true), true)
        return 0
      }
    }
    return () => {
      const at = locate()
      if (at < 0) return -1
      if (evaluate(flags, condition)) {
        i32[d] = view.getInt32(at, true)
        if (bytes === 8) i32[d + 1] = view.getInt32(at + 4, true)
      }
      if (bytes === 4) i32[d + 1] = 0
      return 0
    }
  }
}

function conditionalSet(condition: number): Compiler {
  return (cpu, { operands }) => {
    const locate = locateForWrite(cpu, operands[0]!, 1)
    const { u8, flags } = cpu
    return () => {
      const at = locate()
      if (at < 0) return -1
      u8[at] = evaluate(flags, condition) ? 1 : 0
      return finish(cpu)
    }
  }
}
