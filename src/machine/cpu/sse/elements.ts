// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateForRead } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateWrite } from '../translation.ts'
import { signsOfBytes } from './byte-lanes.ts'
import { isXmm } from './packed.ts'

/** Moves between lanes and general registers or memory. */
export const elements: Family = [
  [Mnemonic.Pmovmskb, signs(byteSigns)],
  [Mnemonic.Movmskps, signs((i32, s) => sign(i32, s) | (sign(i32, s + 1) << 1) | pairSigns(i32, s))],
  [Mnemonic.Movmskpd, signs((i32, s) => sign(i32, s + 1) | (sign(i32, s + 3) << 1))],
  [Mnemonic.Pinsrw, insertWord],
  [Mnemonic.Pextrw, extractWord],
  [Mnemonic.Maskmovdqu, maskedStore],
  [Mnemonic.Clflush, touch],
]

function sign(i32: Int32Array, at: number): number {
  return i32[at]! >>> 31
}

function pairSigns(i32: Int32Array, s: number): number {
  return (sign(i32, s + 2) << 2) | (sign(i32, s + 3) << 3)
}

function byteSigns(i32: Int32Array, s: number): number {
  return (
    signsOfBytes(i32[s]!) |
    (signsOfBytes(i32[s + 1]!) << 4) |
    (signsOfBytes(i32[s + 2]!) << 8) |
    (signsOfBytes(i32[s + 3]!) << 12)
  )
}

/** A general register gets bits that are read from the four words of an xmm register. */
function signs(read: (i32: Int32Array, s: number) => number): Compiler {
  return ({ i32 }, { operands: [target, source] }) => {
    if (!isXmm(source) || target?.kind !== 'register') return undefined
    const t = target.host >>> 2
    const s = source.host >>> 2
    return () => {
      i32[t] = read(i32, s)
      i32[t + 1] = 0
      return 0
    }
  }
}

function insertWord(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source, immediate] = operands as [Operand, Operand, Operand]
  if (!isXmm(target) || immediate.kind !== 'immediate') return undefined
  const from = locateForRead(cpu, source, 2)
  const t = target.host + 2 * Number(immediate.value & 7n)
  const { view } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    view.setInt16(t, view.getInt16(s, true), true)
    return 0
  }
}

export function extractWord({ i32, view }: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source, immediate] = operands as [Operand, Operand, Operand]
  if (!isXmm(source) || target.kind !== 'register' || immediate.kind !== 'immediate') return undefined
  const s = source.host + 2 * Number(immediate.value & 7n)
  const t = target.host >>> 2
  return () => {
    i32[t] = view.getUint16(s, true)
    i32[t + 1] = 0
    return 0
  }
}

/** maskmovdqu stores the bytes that the mask selects at rdi. Without any, memory is not touched, so nothing can fault. */
function maskedStore(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [, source, mask] = instruction.operands
  if (!isXmm(source) || !isXmm(mask)) return undefined
  const s = source.host
  const m = mask.host
  const { i32, u8 } = cpu
  const segment = instruction.stringSegment
  const narrow = instruction.stringNarrow
  const rdi = Register.rdi * 2
  return () => {
    if (byteSigns(i32, m >>> 2) === 0) return 0
    const offset = i32[rdi]!
    const low = (offset + i32[segment]!) | 0
    const carry = low >>> 0 < offset >>> 0 ? 1 : 0
    const high = ((narrow ? 0 : i32[rdi + 1]!) + i32[segment + 1]! + carry) | 0
    const t = translateWrite(cpu, low, high, 16, Vector.GP)
    if (t < 0) return -1
    for (let n = 0; n < 16; n++) if (u8[m + n]! > 127) u8[t + n] = u8[s + n]!
    return finish(cpu)
  }
}

/** There is no cache to flush, but the byte must be there (Intel SDM 2, CLFLUSH). */
function touch(cpu: CpuState, { operands }: Instruction): Operation {
  const from = locateForRead(cpu, operands[0]!, 1)
  return () => (from() < 0 ? -1 : 0)
}
