// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { enterMmx, isMmx, mmxHost, writeMmx } from '../mmx/registers.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import type { CpuState } from '../state.ts'
import { checkPending } from '../x87/status.ts'
import { deliver, denormalsAreZero, mxcsrWord } from './mxcsr.ts'
import { isXmm } from './packed.ts'
import { roundInteger } from './round-integer.ts'

/** Rounding by MXCSR, or towards zero where the name has a second t. */
const truncate = 3

/** Conversions of singles and doubles to integers; what does not fit becomes the most negative integer, and IE. */
export const floatToInteger: Family = [
  [Mnemonic.Cvtss2si, toGeneral(4, false)],
  [Mnemonic.Cvtsd2si, toGeneral(8, false)],
  [Mnemonic.Cvttss2si, toGeneral(4, true)],
  [Mnemonic.Cvttsd2si, toGeneral(8, true)],
  [Mnemonic.Cvtps2dq, toLanes(4, false)],
  [Mnemonic.Cvttps2dq, toLanes(4, true)],
  [Mnemonic.Cvtpd2dq, toLanes(8, false)],
  [Mnemonic.Cvttpd2dq, toLanes(8, true)],
  [Mnemonic.Cvtps2pi, toMmx(4, false)],
  [Mnemonic.Cvttps2pi, toMmx(4, true)],
  [Mnemonic.Cvtpd2pi, toMmx(8, false)],
  [Mnemonic.Cvttpd2pi, toMmx(8, true)],
]

function toGeneral(bytes: 4 | 8, truncates: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (target.kind !== 'register') return undefined
    const t = target.host >>> 2
    const wide = target.bytes === 8
    const bound = wide ? 2 ** 63 : 2 ** 31
    const from = locateForRead(cpu, source, bytes)
    const { i32, view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const x = operand(cpu, bytes === 8 ? view.getFloat64(s, true) : view.getFloat32(s, true), bytes)
      const r = roundInteger(x, truncates ? truncate : rounding(cpu))
      const fits = r >= -bound && r < bound
      if ((!fits || r !== x) && deliver(cpu, fits ? 0x20 : 1) < 0) return -1
      const high = fits ? Math.floor(r / 0x1_0000_0000) : -0x8000_0000
      i32[t] = fits ? r - high * 0x1_0000_0000 : wide ? 0 : -0x8000_0000
      i32[t + 1] = wide ? high : 0
      return 0
    }
  }
}

/** Up to four doublewords; doubles clear the upper half. */
function toLanes(bytes: 4 | 8, truncates: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host >>> 2
    const from = locateAligned(cpu, source, 16, false)
    const { i32 } = cpu
    const results = [0, 0, 0, 0]
    return () => {
      const s = from()
      if (s < 0) return -1
      if (convertLanes(cpu, s, bytes, 16 / bytes, truncates, results) < 0) return -1
      for (let n = 0; n < 4; n++) i32[t + n] = results[n]!
      return 0
    }
  }
}

/** Two doublewords in an MMX register; two singles in memory may lie anywhere. */
function toMmx(bytes: 4 | 8, truncates: boolean): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isMmx(target)) return undefined
    const host = mmxHost(target.number)
    const from = bytes === 4 ? locateForRead(cpu, source, 8) : locateAligned(cpu, source, 16, false)
    const results = [0, 0]
    return () => {
      if (checkPending(cpu) < 0) return -1
      const s = from()
      if (s < 0) return -1
      // The x87 unit is an MMX one even when the conversion faults.
      enterMmx(cpu)
      if (convertLanes(cpu, s, bytes, 2, truncates, results) < 0) return -1
      writeMmx(cpu, host, results[0]!, results[1]!)
      return 0
    }
  }
}

function convertLanes(
  cpu: CpuState,
  source: number,
  bytes: 4 | 8,
  count: number,
  truncates: boolean,
  results: number[],
): 0 | -1 {
  const { view } = cpu
  const mode = truncates ? truncate : rounding(cpu)
  let raised = 0
  for (let n = 0; n < count; n++) {
    const at = source + n * bytes
    const x = operand(cpu, bytes === 8 ? view.getFloat64(at, true) : view.getFloat32(at, true), bytes)
    const r = roundInteger(x, mode)
    const fits = r >= -0x8000_0000 && r < 0x8000_0000
    if (!fits) raised |= 1
    else if (r !== x) raised |= 0x20
    results[n] = fits ? r : -0x8000_0000
  }
  return deliver(cpu, raised)
}

function rounding({ i32 }: CpuState): number {
  return (i32[mxcsrWord]! >>> 13) & 3
}

/** With DAZ, denormals are zero; otherwise they are not exact, but raise no DE here. */
function operand({ i32 }: CpuState, x: number, bytes: 4 | 8): number {
  if ((i32[mxcsrWord]! & denormalsAreZero) === 0) return x
  return Math.abs(x) < (bytes === 8 ? 2 ** -1022 : 2 ** -126) ? 0 : x
}
