// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Register } from '../../machine.ts'
import { isBelow, readFlags, setCarryOverflow, writeFlags } from '../flags.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import type { Family } from './family.ts'

const rflags = Register.rflags * 2
const directionFlag = 0x400
const overflowFlag = 0x800

/** Instructions on single flags. */
export const flagInstructions: Family = [
  [Mnemonic.Clc, cpu => setCarry(cpu, () => 0)],
  [Mnemonic.Stc, cpu => setCarry(cpu, () => 1)],
  [Mnemonic.Cmc, cpu => setCarry(cpu, carry => 1 - carry)],
  [
    Mnemonic.Cld,
    ({ i32 }) =>
      () => {
        i32[rflags] = i32[rflags]! & ~directionFlag
        return 0
      },
  ],
  [
    Mnemonic.Std,
    ({ i32 }) =>
      () => {
        i32[rflags] = i32[rflags]! | directionFlag
        return 0
      },
  ],
  [
    Mnemonic.Lahf,
    ({ u8, flags }) =>
      () => {
        u8[1] = (readFlags(flags) & 0xd5) | 2
        return 0
      },
  ],
  [
    Mnemonic.Sahf,
    ({ u8, flags }) =>
      () => {
        writeFlags(flags, (readFlags(flags) & overflowFlag) | (u8[1]! & 0xd5))
        return 0
      },
  ],
]

function setCarry({ flags }: CpuState, change: (carry: number) => number): Operation {
  return () => {
    const carries = flags[2]!
    const overflow = ((carries >>> 31) ^ (carries >>> 30)) & 1
    setCarryOverflow(flags, change(isBelow(flags) ? 1 : 0), overflow)
    return 0
  }
}
