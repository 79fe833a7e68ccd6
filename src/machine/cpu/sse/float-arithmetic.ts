// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import {
  addDouble,
  divideDouble,
  type HardLane,
  maximumDouble,
  minimumDouble,
  multiplyDouble,
  rootDouble,
  subtractDouble,
} from './hard-double.ts'
import {
  addSingle,
  divideSingle,
  maximumSingle,
  minimumSingle,
  multiplySingle,
  rootSingle,
  subtractSingle,
} from './hard-single.ts'
import { isXmm } from './packed.ts'
import {
  type SoftLane,
  softAdd,
  softDivide,
  softly,
  softMaximum,
  softMinimum,
  softMultiply,
  softRoot,
  softSubtract,
} from './soft-lanes.ts'

/** Arithmetic of singles and doubles, scalar and packed. */
export const floatArithmetic: Family = [
  [Mnemonic.Addss, scalar(4, addSingle, softAdd)],
  [Mnemonic.Addsd, scalar(8, addDouble, softAdd)],
  [Mnemonic.Addps, all(4, addSingle, softAdd)],
  [Mnemonic.Addpd, all(8, addDouble, softAdd)],
  [Mnemonic.Subss, scalar(4, subtractSingle, softSubtract)],
  [Mnemonic.Subsd, scalar(8, subtractDouble, softSubtract)],
  [Mnemonic.Subps, all(4, subtractSingle, softSubtract)],
  [Mnemonic.Subpd, all(8, subtractDouble, softSubtract)],
  [Mnemonic.Mulss, scalar(4, multiplySingle, softMultiply)],
  [Mnemonic.Mulsd, scalar(8, multiplyDouble, softMultiply)],
  [Mnemonic.Mulps, all(4, multiplySingle, softMultiply)],
  [Mnemonic.Mulpd, all(8, multiplyDouble, softMultiply)],
  [Mnemonic.Divss, scalar(4, divideSingle, softDivide)],
  [Mnemonic.Divsd, scalar(8, divideDouble, softDivide)],
  [Mnemonic.Divps, all(4, divideSingle, softDivide)],
  [Mnemonic.Divpd, all(8, divideDouble, softDivide)],
  [Mnemonic.Sqrtss, scalar(4, rootSingle, softRoot)],
  [Mnemonic.Sqrtsd, scalar(8, rootDouble, softRoot)],
  [Mnemonic.Sqrtps, all(4, rootSingle, softRoot)],
  [Mnemonic.Sqrtpd, all(8, rootDouble, softRoot)],
  [Mnemonic.Minss, scalar(4, minimumSingle, softMinimum)],
  [Mnemonic.Minsd, scalar(8, minimumDouble, softMinimum)],
  [Mnemonic.Minps, all(4, minimumSingle, softMinimum)],
  [Mnemonic.Minpd, all(8, minimumDouble, softMinimum)],
  [Mnemonic.Maxss, scalar(4, maximumSingle, softMaximum)],
  [Mnemonic.Maxsd, scalar(8, maximumDouble, softMaximum)],
  [Mnemonic.Maxps, all(4, maximumSingle, softMaximum)],
  [Mnemonic.Maxpd, all(8, maximumDouble, softMaximum)],
]

/** The lowest lane only; a memory operand may lie anywhere. */
export function scalar(bytes: 4 | 8, hard: HardLane, soft: SoftLane): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const { memory } = cpu
    if (isXmm(source)) {
      const s = source.host
      return () => (hard(memory, t, s) ? 0 : softly(cpu, bytes, 1, soft, t, s))
    }
    const from = locateForRead(cpu, source, bytes)
    return () => {
      const s = from()
      if (s < 0) return -1
      return hard(memory, t, s) ? 0 : softly(cpu, bytes, 1, soft, t, s)
    }
  }
}

/** All lanes. The rest of them is done slowly after the first that needs it: exceptions are masked if one went fast. */
export function all(bytes: 4 | 8, hard: HardLane, soft: SoftLane): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = locateAligned(cpu, source, 16, false)
    const { memory } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      for (let at = 0; at < 16; at += bytes)
        if (!hard(memory, t + at, s + at)) return softly(cpu, bytes, (16 - at) / bytes, soft, t + at, s + at)
      return 0
    }
  }
}
