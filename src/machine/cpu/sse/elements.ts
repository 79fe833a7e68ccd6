// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { withMmx } from '../mmx/mmx.ts'
import { enterMmx, isMmx, mmxHost, writeMmx } from '../mmx/registers.ts'
import { type Compiler, type Locate, locateForRead } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateWrite } from '../translation.ts'
import { checkPending } from '../x87/status.ts'
import { signsOfBytes } from './byte-lanes.ts'
import { isXmm } from './packed.ts'

/** Moves between lanes and general registers or memory. */
export const elements: Family = [
  [Mnemonic.Pmovmskb, signs(byteSigns, wordSigns)],
  [Mnemonic.Movmskps, signs((i32, s) => sign(i32, s) | (sign(i32, s + 1) << 1) | pairSigns(i32, s))],
  [Mnemonic.Movmskpd, signs((i32, s) => sign(i32, s + 1) | (sign(i32, s + 3) << 1))],
  [Mnemonic.Pinsrw, insertWord],
  [Mnemonic.Pextrw, extractWord],
  [Mnemonic.Maskmovdqu, maskedStore],
  [Mnemonic.Maskmovq, maskedStore],
  [Mnemonic.Clflush, touch],
]

function sign(i32: Int32Array, at: number): number {
  return i32[at]! >>> 31
}

function pairSigns(i32: Int32Array, s: number): number {
  return (sign(i32, s + 2) << 2) | (sign(i32, s + 3) << 3)
}

/** Of the two words of an MMX register. */
function wordSigns(i32: Int32Array, s: number): number {
  return signsOfBytes(i32[s]!) | (signsOfBytes(i32[s + 1]!) << 4)
}

function byteSigns(i32: Int32Array, s: number): number {
  return (
    signsOfBytes(i32[s]!) |
    (signsOfBytes(i32[s + 1]!) << 4) |
    (signsOfBytes(i32[s + 2]!) << 8) |
    (signsOfBytes(i32[s + 3]!) << 12)
  )
}

type Signs = (i32: Int32Array, s: number) => number

/** A general register gets bits that are read from the four words of an xmm register, or the two of an MMX one. */
function signs(read: Signs, readMmx?: Signs): Compiler {
  return (cpu, { operands: [target, source] }) => {
    if (target?.kind !== 'register') return undefined
    const t = target.host >>> 2
    const { i32 } = cpu
    if (isMmx(source) && readMmx !== undefined) {
      const s = mmxHost(source.number) >>> 2
      return withMmx(cpu, () => {
        i32[t] = readMmx(i32, s)
        i32[t + 1] = 0
      })
    }
    if (!isXmm(source)) return undefined
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
  if (immediate.kind !== 'immediate') return undefined
  const from = locateForRead(cpu, source, 2)
  const { i32, view } = cpu
  if (isMmx(target)) {
    const host = mmxHost(target.number)
    const lane = host + 2 * Number(immediate.value & 3n)
    return () => {
      if (checkPending(cpu) < 0) return -1
      const s = from()
      if (s < 0) return -1
      view.setInt16(lane, view.getInt16(s, true), true)
      writeMmx(cpu, host, i32[host >>> 2]!, i32[(host >>> 2) + 1]!)
      return 0
    }
  }
  if (!isXmm(target)) return undefined
  const t = target.host + 2 * Number(immediate.value & 7n)
  return () => {
    const s = from()
    if (s < 0) return -1
    view.setInt16(t, view.getInt16(s, true), true)
    return 0
  }
}

export function extractWord(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source, immediate] = operands as [Operand, Operand, Operand]
  if (target.kind !== 'register' || immediate.kind !== 'immediate') return undefined
  const { i32, view } = cpu
  const t = target.host >>> 2
  if (isMmx(source)) {
    const lane = mmxHost(source.number) + 2 * Number(immediate.value & 3n)
    return withMmx(cpu, () => {
      i32[t] = view.getUint16(lane, true)
      i32[t + 1] = 0
    })
  }
  if (!isXmm(source)) return undefined
  const s = source.host + 2 * Number(immediate.value & 7n)
  return () => {
    i32[t] = view.getUint16(s, true)
    i32[t + 1] = 0
    return 0
  }
}

/**
 * maskmovdqu and maskmovq store the bytes that the mask selects at rdi. All must be writable, even where the mask selects none: so it is
 * with the profile's vendor (the architecture leaves it open).
 */
function maskedStore(cpu: CpuState, instruction: Instruction): Operation | undefined {
  const [, source, mask] = instruction.operands
  if (isMmx(source) && isMmx(mask)) return maskedMmxStore(cpu, instruction, source.number, mask.number)
  if (!isXmm(source) || !isXmm(mask)) return undefined
  const s = source.host
  const m = mask.host
  const to = locateMasked(cpu, instruction, 16)
  const { u8 } = cpu
  return () => {
    const t = to()
    if (t < 0) return -1
    for (let n = 0; n < 16; n++) if (u8[m + n]! > 127) u8[t + n] = u8[s + n]!
    return finish(cpu)
  }
}

function maskedMmxStore(
  cpu: CpuState,
  instruction: Instruction,
  source: number,
  mask: number,
): Operation | undefined {
  const s = mmxHost(source)
  const m = mmxHost(mask)
  const to = locateMasked(cpu, instruction, 8)
  const { u8 } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    const t = to()
    if (t < 0) return -1
    for (let n = 0; n < 8; n++) if (u8[m + n]! > 127) u8[t + n] = u8[s + n]!
    enterMmx(cpu)
    return finish(cpu)
  }
}

/** The bytes at rdi. */
function locateMasked(cpu: CpuState, instruction: Instruction, bytes: number): Locate {
  const { i32 } = cpu
  const segment = instruction.stringSegment
  const narrow = instruction.stringNarrow
  const rdi = Register.rdi * 2
  return () => {
    const offset = i32[rdi]!
    const low = (offset + i32[segment]!) | 0
    const carry = low >>> 0 < offset >>> 0 ? 1 : 0
    const high = ((narrow ? 0 : i32[rdi + 1]!) + i32[segment + 1]! + carry) | 0
    return translateWrite(cpu, low, high, bytes, Vector.GP)
  }
}

/** There is no cache to flush, but the byte must be there (Intel SDM 2, CLFLUSH). */
function touch(cpu: CpuState, { operands }: Instruction): Operation {
  const from = locateForRead(cpu, operands[0]!, 1)
  return () => (from() < 0 ? -1 : 0)
}
