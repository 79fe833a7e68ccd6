// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import type { Instruction } from './instruction.ts'

/** Index of the register that stands in for rip during a step. */
export type Scratch =
  | typeof Register.rsi
  | typeof Register.rdi
  | typeof Register.rbx
  // In 2010.
  | typeof Register.rax
  | typeof Register.rcx

/**
 * Rewrites `disp32(%rip)` in the copy to `disp32(%scratch)`, which has the same length (spec 02 §7.1). Returns the scratch register, or
 * undefined where the operand is not relative to rip.
 */
export function rewriteRipRelative(instruction: Instruction, copy: Uint8Array): Scratch | undefined {
  const { mode, rex, vex, modrm } = instruction
  if (mode !== 64 || !modrm || (modrm.value & 0xc7) !== 0x05) return undefined
  if (rex) copy[rex.at]! &= 0xfe
  if (vex && vex.length >= 3) copy[vex.at + 1]! |= 0x60

  const register = (modrm.value >> 3) & 7
  const second = vex ? ((vex.vvvv >> 3) & 7) ^ 7 : 0
  const free = (candidate: number): boolean => register !== candidate && second !== candidate
  const scratch = free(Register.rsi) ? Register.rsi : free(Register.rdi) ? Register.rdi : Register.rbx
  copy[modrm.at] = 0x80 | (register << 3) | scratch
  return scratch
}
