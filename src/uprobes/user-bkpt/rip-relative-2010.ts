// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import type { Instruction } from './instruction.ts'

/** Bytes of the displacement that the copy does without. */
export const removedBytes = 4

/** An operand relative to rip as it was rewritten in 2010: the whole address in a register. */
export type Absolute = {
  /** rcx where the operand beside it is rax or r8, else rax. */
  readonly scratch: typeof Register.rax | typeof Register.rcx
  /** From behind the instruction to the operand. */
  readonly displacement: number
}

/**
 * Rewrites `disp32(%rip)` in the copy to `(%scratch)` and closes the gap (spec 02 §7.1, last paragraph). Which register is free is told by
 * the operands that the instruction names: rax is taken from `mul`, `div` and `cmpxchg` too, which use it without naming it, and do
 * something else then. Undefined where the operand is not relative to rip.
 */
export function makeAbsolute({ mode, rex, modrm }: Instruction, copy: Uint8Array): Absolute | undefined {
  if (mode !== 64 || !modrm || (modrm.value & 0xc7) !== 0x05) return undefined
  if (rex) copy[rex.at]! &= 0xfe
  const register = (modrm.value >> 3) & 7
  const scratch = register === 0 ? Register.rcx : Register.rax
  const behind = modrm.at + 1
  const displacement = new DataView(copy.buffer, copy.byteOffset).getInt32(behind, true)
  copy[modrm.at] = (register << 3) | scratch
  copy.copyWithin(behind, behind + removedBytes)
  copy.fill(0, copy.length - removedBytes)
  return { scratch, displacement }
}
