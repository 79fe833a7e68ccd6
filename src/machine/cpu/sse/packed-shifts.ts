// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { MachineMemory } from '../../memory/machine-memory.ts'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { halved } from '../mmx/halved.ts'
import { isMmx } from '../mmx/registers.ts'
import { type Compiler, locateAligned } from '../operands.ts'
import { isXmm } from './packed.ts'

/** Shifts the lanes of a register by a count of 0 to 255; larger counts come as 255. */
type Shift = (memory: MachineMemory, target: number, count: number) => void

/** `op xmm, imm8` and `op xmm, xmm/m128`, whose count is the low quadword; the same for MMX registers. */
function shift(kernel: Shift): Compiler {
  return (cpu, instruction) => {
    const [target, source] = instruction.operands as [Operand, Operand]
    if (isMmx(target))
      return halved(cpu, instruction, (memory, t, s) => kernel(memory, t, countAt(memory, s)))
    if (!isXmm(target)) return undefined
    const t = target.host
    const { memory } = cpu
    if (source.kind === 'immediate') {
      const count = Number(source.value & 0xffn)
      return () => {
        kernel(memory, t, count)
        return 0
      }
    }
    const from = locateAligned(cpu, source, 16, false)
    return () => {
      const s = from()
      if (s < 0) return -1
      kernel(memory, t, countAt(memory, s))
      return 0
    }
  }
}

function countAt({ i32 }: MachineMemory, s: number): number {
  const low = i32[s >>> 2]!
  return i32[(s >>> 2) + 1] !== 0 || low >>> 0 > 255 ? 255 : low
}

function shorts(lane: (value: number, count: number) => number): Shift {
  return ({ i16 }, target, count) => {
    const t = target >>> 1
    for (let n = 0; n < 8; n++) i16[t + n] = lane(i16[t + n]!, count)
  }
}

function doubles(lane: (value: number, count: number) => number): Shift {
  return ({ i32 }, target, count) => {
    const t = target >>> 2
    for (let n = 0; n < 4; n++) i32[t + n] = lane(i32[t + n]!, count)
  }
}

const leftQuad: Shift = ({ i32 }, target, count) => {
  for (let t = target >>> 2; t < (target >>> 2) + 4; t += 2) {
    const low = i32[t]!
    if (count > 31) {
      i32[t + 1] = count > 63 ? 0 : low << (count - 32)
      i32[t] = 0
    } else {
      i32[t + 1] = (i32[t + 1]! << count) | ((low >>> 1) >>> (31 - count))
      i32[t] = low << count
    }
  }
}

const rightQuad: Shift = ({ i32 }, target, count) => {
  for (let t = target >>> 2; t < (target >>> 2) + 4; t += 2) {
    const high = i32[t + 1]!
    if (count > 31) {
      i32[t] = count > 63 ? 0 : high >>> (count - 32)
      i32[t + 1] = 0
    } else {
      i32[t] = (i32[t]! >>> count) | ((high << 1) << (31 - count))
      i32[t + 1] = high >>> count
    }
  }
}

const leftBytes: Shift = ({ u8 }, target, count) => {
  const by = Math.min(count, 16)
  u8.copyWithin(target + by, target, target + 16 - by)
  u8.fill(0, target, target + by)
}

const rightBytes: Shift = ({ u8 }, target, count) => {
  const by = Math.min(count, 16)
  u8.copyWithin(target, target + by, target + 16)
  u8.fill(0, target + 16 - by, target + 16)
}

/** Shifts of lanes, and of the whole register by bytes; counts beyond the lane leave zeros or signs. */
export const packedShifts: Family = [
  [Mnemonic.Psllw, shift(shorts((value, count) => (count > 15 ? 0 : value << count)))],
  [Mnemonic.Pslld, shift(doubles((value, count) => (count > 31 ? 0 : value << count)))],
  [Mnemonic.Psllq, shift(leftQuad)],
  [Mnemonic.Psrlw, shift(shorts((value, count) => (count > 15 ? 0 : (value & 0xffff) >>> count)))],
  [Mnemonic.Psrld, shift(doubles((value, count) => (count > 31 ? 0 : value >>> count)))],
  [Mnemonic.Psrlq, shift(rightQuad)],
  [Mnemonic.Psraw, shift(shorts((value, count) => value >> Math.min(count, 15)))],
  [Mnemonic.Psrad, shift(doubles((value, count) => value >> Math.min(count, 31)))],
  [Mnemonic.Pslldq, shift(leftBytes)],
  [Mnemonic.Psrldq, shift(rightBytes)],
]
