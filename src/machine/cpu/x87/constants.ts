// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import { round } from '../soft-float/round.ts'
import { finite, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { x87Environment } from './environment.ts'
import { openRegister, writeRegister } from './registers.ts'
import { setC1 } from './status.ts'
import { waiting } from './waiting.ts'

/** Constants with 128 bits of significand: enough to round them as the control word says. */
export const pi: Value = finite(0, 0xc90fdaa2_2168c234_c4c6628b_80dc1cd1n, -126)
const log2Of10: Value = finite(0, 0xd49a784b_cd1b8afe_492bf6ff_4dafdb4cn, -126)
const log2OfE: Value = finite(0, 0xb8aa3b29_5c17f0bb_be87fed0_691d3e88n, -127)
const log10Of2: Value = finite(0, 0x9a209a84_fbcff798_8f8959ac_0b7c9178n, -129)
const logOf2: Value = finite(0, 0xb17217f7_d1cf79ab_c9e3b398_03f2f6afn, -128)

export const x87Constants: Family = [
  [Mnemonic.Fld1, constant(finite(0, 1n, 0))],
  [Mnemonic.Fldz, constant(zero(0))],
  [Mnemonic.Fldpi, constant(pi)],
  [Mnemonic.Fldl2t, constant(log2Of10)],
  [Mnemonic.Fldl2e, constant(log2OfE)],
  [Mnemonic.Fldlg2, constant(log10Of2)],
  [Mnemonic.Fldln2, constant(logOf2)],
]

function constant(value: Value): Compiler {
  return (cpu, instruction) => waiting(cpu, instruction, () => push(cpu, value))
}

/** Constants are rounded, but inexactness is not reported (Intel SDM 1 §8.3.7). */
function push(cpu: CpuState, value: Value): void {
  if (!openRegister(cpu)) return
  setC1(cpu, false)
  const exact = value.significand === 0n
  writeRegister(
    cpu,
    0,
    exact ? value : round(x87Environment(cpu), value.sign, value.significand, value.exponent),
  )
}
