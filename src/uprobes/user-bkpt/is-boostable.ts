// SPDX-License-Identifier: MIT
import type { Action } from './choose-action.ts'
import type { Instruction } from './instruction.ts'

/**
 * Whether an instruction can be executed anywhere and followed by a jump back (spec 09 §4): nothing is put right after its step but the
 * instruction pointer, it is not relative to it, and the kernel does not come back to a place behind it.
 */
export function isBoostable({ opcode: [first, second], modrm, vex }: Instruction, action: Action): boolean {
  if (action.kind !== 'step' || action.scratch !== undefined) return false
  if (action.fixUps.call || action.fixUps.trapFlag) return false
  if (vex) return action.fixUps.ip
  return !isRelativeBranch(first!, second, modrm?.value) && !entersTheKernel(second)
}

/** Jcc, loop, jcxz, jmp, and the start of a transaction. */
function isRelativeBranch(first: number, second: number | undefined, modrm: number | undefined): boolean {
  if (first === 0x0f) return second! >= 0x80 && second! <= 0x8f
  if (first === 0xc7) return modrm === 0xf8
  return (
    (first >= 0x70 && first <= 0x7f) || (first >= 0xe0 && first <= 0xe3) || first === 0xe9 || first === 0xeb
  )
}

/** syscall and sysenter: a second byte is always one behind 0F. */
function entersTheKernel(second: number | undefined): boolean {
  return second === 0x05 || second === 0x34
}
