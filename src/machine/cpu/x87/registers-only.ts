// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { evaluate } from '../flags.ts'
import type { Family } from '../instructions/family.ts'
import type { Compiler } from '../operands.ts'
import { indefinite } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'
import { hostOf, isEmpty, pop, setEmpty, setFull, underflow, writeRegister } from './registers.ts'
import { setC1, setTop, top } from './status.ts'
import { waiting } from './waiting.ts'

/** Moves between registers, signs, and the stack itself: no number is looked at. */
export const x87Registers: Family = [
  [Mnemonic.Fxch, exchange],
  [Mnemonic.Fchs, changeSign(sign => sign ^ 0x80)],
  [Mnemonic.Fabs, changeSign(sign => sign & 0x7f)],
  [Mnemonic.Fincstp, turn(1)],
  [Mnemonic.Fdecstp, turn(7)],
  [Mnemonic.Ffree, free(false)],
  [Mnemonic.Ffreep, free(true)],
  [Mnemonic.Fnop, (cpu, instruction) => waiting(cpu, instruction, () => {})],
  [Mnemonic.Fcmovb, moveIf(2)],
  [Mnemonic.Fcmovnb, moveIf(3)],
  [Mnemonic.Fcmove, moveIf(4)],
  [Mnemonic.Fcmovne, moveIf(5)],
  [Mnemonic.Fcmovbe, moveIf(6)],
  [Mnemonic.Fcmovnbe, moveIf(7)],
  [Mnemonic.Fcmovu, moveIf(10)],
  [Mnemonic.Fcmovnu, moveIf(11)],
]

function exchange(...[cpu, instruction]: Parameters<Compiler>): ReturnType<Compiler> {
  const other = instruction.operands[1]
  const index = other?.kind === 'st' ? other.number : 1
  const { u8 } = cpu
  return waiting(cpu, instruction, () => {
    if (isEmpty(cpu, 0) || isEmpty(cpu, index)) {
      if (!underflow(cpu)) return
      if (isEmpty(cpu, 0)) writeRegister(cpu, 0, indefinite)
      if (isEmpty(cpu, index)) writeRegister(cpu, index, indefinite)
    } else setC1(cpu, false)
    const a = hostOf(cpu, 0)
    const b = hostOf(cpu, index)
    for (let n = 0; n < 10; n++) {
      const byte = u8[a + n]!
      u8[a + n] = u8[b + n]!
      u8[b + n] = byte
    }
  })
}

function changeSign(change: (sign: number) => number): Compiler {
  return (cpu, instruction) =>
    waiting(cpu, instruction, () => {
      if (isEmpty(cpu, 0)) {
        if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
        return
      }
      const at = hostOf(cpu, 0) + 9
      cpu.u8[at] = change(cpu.u8[at]!)
      setC1(cpu, false)
    })
}

function turn(by: number): Compiler {
  return (cpu, instruction) =>
    waiting(cpu, instruction, () => {
      setTop(cpu, top(cpu) + by)
      setC1(cpu, false)
    })
}

function free(pops: boolean): Compiler {
  return (cpu, instruction) => {
    const [operand] = instruction.operands
    if (operand?.kind !== 'st') return undefined
    return waiting(cpu, instruction, () => {
      setC1(cpu, false)
      setEmpty(cpu, operand.number)
      if (pops) pop(cpu)
    })
  }
}

/** The conditions of jumps, by their number. */
function moveIf(condition: number): Compiler {
  return (cpu, instruction) => {
    const other = instruction.operands[1]
    if (other?.kind !== 'st') return undefined
    return waiting(cpu, instruction, () => moveRegister(cpu, other.number, condition))
  }
}

function moveRegister(cpu: CpuState, index: number, condition: number): void {
  if (isEmpty(cpu, 0) || isEmpty(cpu, index)) {
    if (underflow(cpu)) writeRegister(cpu, 0, indefinite)
    return
  }
  if (!evaluate(cpu.flags, condition)) return
  const from = hostOf(cpu, index)
  cpu.u8.copyWithin(hostOf(cpu, 0), from, from + 10)
  setFull(cpu, 0)
}
