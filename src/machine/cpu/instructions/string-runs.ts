// SPDX-License-Identifier: MIT
import { pageSize, Register, Vector } from '../../machine.ts'
import type { Instruction } from '../decode/instruction.ts'
import type { CpuState } from '../state.ts'
import { translateWrite } from '../translation.ts'
import { source, step } from './strings.ts'

/**
 * Many iterations of rep movs and rep stos at once, within a page. A run does up to `most` and says how many; 0 where only
 * one at a time is right: backwards, across pages, over itself, with alignment checks. -1 is a fault of the first.
 */
export type Run = (cpu: CpuState, instruction: Instruction) => (most: number) => number

const rsi = 12
const rdi = 14
const rflags = Register.rflags * 2
/** DF, and AC: every element is checked. */
const oneAtATime = 0x4_0400

export const copyRun: Run = (cpu, instruction) => {
  const { i32, u8 } = cpu
  const { elementBytes: bytes, stringNarrow: narrow } = instruction
  return most => {
    if ((i32[rflags]! & oneAtATime) !== 0) return 0
    const from = source(cpu, instruction, bytes)
    if (from < 0) return -1
    const room = Math.min(roomInPage(from), roomInPage(i32[rdi]!))
    const count = Math.min(most, Math.floor(room / bytes))
    if (count === 0) return 0
    const length = count * bytes
    const to = translateWrite(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, length, Vector.GP)
    if (to < 0) return -1
    // A copy onto bytes that it still has to read repeats a pattern: one at a time.
    if (to > from && to < from + length) return 0
    u8.copyWithin(to, from, from + length)
    step(i32, rsi, length, narrow)
    step(i32, rdi, length, narrow)
    return count
  }
}

export const fillRun: Run = (cpu, { elementBytes: bytes, stringNarrow: narrow }) => {
  const { i32, u8 } = cpu
  return most => {
    if ((i32[rflags]! & oneAtATime) !== 0) return 0
    const count = Math.min(most, Math.floor(roomInPage(i32[rdi]!) / bytes))
    if (count === 0) return 0
    const length = count * bytes
    const to = translateWrite(cpu, i32[rdi]!, narrow ? 0 : i32[rdi + 1]!, length, Vector.GP)
    if (to < 0) return -1
    if (bytes === 1) u8.fill(u8[0]!, to, to + length)
    else {
      // The first element, then twice as much each time.
      u8.copyWithin(to, 0, bytes)
      for (let have = bytes; have < length; have *= 2)
        u8.copyWithin(to + have, to, to + Math.min(have, length - have))
    }
    step(i32, rdi, length, narrow)
    return count
  }
}

function roomInPage(address: number): number {
  return pageSize - (address & (pageSize - 1))
}
