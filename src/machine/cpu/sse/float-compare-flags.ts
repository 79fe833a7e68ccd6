// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { LazyFlags } from '../flags.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateForRead } from '../operands.ts'
import { double, single } from '../soft-float/format.ts'
import { order } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { comparableDouble } from './hard-double.ts'
import { comparableSingle } from './hard-single.ts'
import { deliver, denormalsAreZero, mxcsrWord, plain, sseEnvironment } from './mxcsr.ts'
import { isXmm } from './packed.ts'
import { noteComparison, operandValue, readBits } from './soft-lanes.ts'

/** Comparisons that set ZF, PF and CF; `comi` finds quiet NaNs invalid, `ucomi` does not. */
export const floatCompareFlags: Family = [
  [Mnemonic.Comisd, compareDoubles(true)],
  [Mnemonic.Ucomisd, compareDoubles(false)],
  [Mnemonic.Comiss, compareSingles(true)],
  [Mnemonic.Ucomiss, compareSingles(false)],
]

function compareDoubles(signaling: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = locateForRead(cpu, source, 8)
    const { flags, i32, view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const a = view.getFloat64(t, true)
      const b = view.getFloat64(s, true)
      if (
        (i32[mxcsrWord]! & plain) !== plain ||
        !comparableDouble(Math.abs(a)) ||
        !comparableDouble(Math.abs(b))
      )
        return compareSoftly(cpu, 8, t, s, signaling)
      setOrder(flags, a < b ? -1 : a > b ? 1 : 0)
      return 0
    }
  }
}

function compareSingles(signaling: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = locateForRead(cpu, source, 4)
    const { flags, i32, view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const a = view.getFloat32(t, true)
      const b = view.getFloat32(s, true)
      if (
        (i32[mxcsrWord]! & plain) !== plain ||
        !comparableSingle(Math.abs(a)) ||
        !comparableSingle(Math.abs(b))
      )
        return compareSoftly(cpu, 4, t, s, signaling)
      setOrder(flags, a < b ? -1 : a > b ? 1 : 0)
      return 0
    }
  }
}

function compareSoftly(cpu: CpuState, bytes: 4 | 8, t: number, s: number, signaling: boolean): 0 | -1 {
  const { view } = cpu
  const environment = sseEnvironment(cpu, bytes === 4 ? single : double)
  const daz = (cpu.i32[mxcsrWord]! & denormalsAreZero) !== 0
  const a = operandValue(environment, readBits(view, t, bytes), daz)
  const b = operandValue(environment, readBits(view, s, bytes), daz)
  const unordered = noteComparison(environment, a, b, signaling)
  if (deliver(cpu, environment.raised) < 0) return -1
  if (unordered) setUnordered(cpu.flags)
  else setOrder(cpu.flags, order(a, b))
  return 0
}

/** Less: CF. Equal: ZF. Greater: nothing. OF, SF and AF are clear. */
export function setOrder(flags: LazyFlags, comparison: number): void {
  flags[0] = comparison === 0 ? 0 : 1
  flags[1] = 0
  flags[2] = comparison < 0 ? -0x4000_0000 : 0
  // A result of zero would have PF.
  flags[3] = comparison === 0 ? 4 : 0
}

/** ZF, PF and CF. */
export function setUnordered(flags: LazyFlags): void {
  flags[0] = 0
  flags[1] = 0
  flags[2] = -0x4000_0000
  flags[3] = 0
}
