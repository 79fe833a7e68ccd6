// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction } from './instruction.ts'

const enders = new Set<Mnemonic>([
  Mnemonic.Jmp,
  Mnemonic.Call,
  Mnemonic.Ret,
  Mnemonic.Retf,
  Mnemonic.Iret,
  Mnemonic.Iretd,
  Mnemonic.Iretq,
  Mnemonic.Loop,
  Mnemonic.Loope,
  Mnemonic.Loopne,
  Mnemonic.Jrcxz,
  Mnemonic.Jecxz,
  Mnemonic.Syscall,
  Mnemonic.Int3,
  Mnemonic.Int1,
  Mnemonic.Int,
  Mnemonic.Ud0,
  Mnemonic.Ud1,
  Mnemonic.Ud2,
  Mnemonic.Hlt,
  Mnemonic.Popf,
  Mnemonic.Popfq,
  Mnemonic.Rdtsc,
])

/** Whether nothing can follow an instruction in its block: it goes elsewhere, or the processor's loop has to look at its outcome. */
export function endsBlock({ mnemonic, operands }: Instruction): boolean {
  // All direct conditional branches have a target.
  return enders.has(mnemonic) || operands[0]?.kind === 'target' || operands[0]?.kind === 'far'
}
