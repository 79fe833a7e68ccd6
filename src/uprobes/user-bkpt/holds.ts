// SPDX-License-Identifier: MIT
import { Flag } from '../../machine/machine.ts'

/** Whether a condition code (low four bits of a Jcc opcode) holds for these flags (Intel SDM 1 appendix B). */
export function holds(condition: number, flags: bigint): boolean {
  const set = (flag: bigint): boolean => (flags & flag) !== 0n
  const table = [
    set(Flag.OF),
    set(Flag.CF),
    set(Flag.ZF),
    set(Flag.CF) || set(Flag.ZF),
    set(Flag.SF),
    set(Flag.PF),
    set(Flag.SF) !== set(Flag.OF),
    set(Flag.ZF) || set(Flag.SF) !== set(Flag.OF),
  ]
  return table[condition >> 1]! !== ((condition & 1) === 1)
}
