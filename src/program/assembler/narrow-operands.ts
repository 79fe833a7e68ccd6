// SPDX-License-Identifier: MIT
import { RegisterExt } from 'iced-x86'
import type { Operand } from './operand.ts'
import { registerInfo } from './registers.ts'

const few = /^r64$/
const many = /^r(16|64)$/

/** Instructions of 16 bits or less, and which classes of registers may be read as the 32-bit one. */
const narrowing: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(['verr', 'verw', 'ltr', 'lldt', 'lmsw'].map(name => [name, many])),
  ...Object.fromEntries(
    ['sldt', 'str', 'movmskps', 'movmskpd', 'pmovmskb', 'pinsrw', 'pinsrb', 'pextrw', 'pextrb', 'extractps']
      .flatMap(name => [name, `v${name}`])
      .map(name => [name, few]),
  ),
}

/**
 * The operands with 32-bit registers where a prefix for another size would change nothing: GNU as leaves it out. Moves
 * to segment registers take 16 bits of any register, and those from them clear the rest of a wide one.
 */
export function narrowOperands(
  mnemonic: string,
  operands: readonly Operand[],
): readonly Operand[] | undefined {
  const segmentAt = mnemonic === 'mov' ? operands.findIndex(isSegment) : -1
  const classes = segmentAt === 0 ? many : segmentAt === 1 ? few : narrowing[mnemonic]
  return classes && operands.map(operand => narrow(operand, classes))
}

function narrow(operand: Operand, classes: RegExp): Operand {
  if (operand.kind !== 'register' || !classes.test(registerInfo(operand.register).class)) return operand
  return { ...operand, register: RegisterExt.fullRegister32(operand.register) }
}

function isSegment(operand: Operand): boolean {
  return operand.kind === 'register' && registerInfo(operand.register).class === 'seg'
}
