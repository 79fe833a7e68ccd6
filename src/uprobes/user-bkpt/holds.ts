// SPDX-License-Identifier: MIT
import { Flag } from '../../machine/machine.ts'

const CF = Number(Flag.CF)
const PF = Number(Flag.PF)
const ZF = Number(Flag.ZF)
const SF = Number(Flag.SF)
const OF = Number(Flag.OF)
const all = Flag.CF | Flag.PF | Flag.ZF | Flag.SF | Flag.OF

/** Whether a condition code (low four bits of a Jcc opcode) holds for these flags (Intel SDM 1 appendix B). */
export function holds(condition: number, flags: bigint): boolean {
  return holdsInPairs(condition >> 1, Number(flags & all)) !== ((condition & 1) === 1)
}

/** Every second code is the opposite of the one before. */
function holdsInPairs(pair: number, flags: number): boolean {
  switch (pair) {
    case 0:
      return (flags & OF) !== 0
    case 1:
      return (flags & CF) !== 0
    case 2:
      return (flags & ZF) !== 0
    case 3:
      return (flags & (CF | ZF)) !== 0
    case 4:
      return (flags & SF) !== 0
    case 5:
      return (flags & PF) !== 0
    case 6:
      return ((flags & SF) !== 0) !== ((flags & OF) !== 0)
    default:
      return (flags & ZF) !== 0 || ((flags & SF) !== 0) !== ((flags & OF) !== 0)
  }
}
