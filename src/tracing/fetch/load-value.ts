// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import type { HitContext } from '../../uprobes/uprobes.ts'
import type { Load } from './fetch-program.ts'
import { copyFromUser } from './user-memory.ts'

/** Names of fetch arguments for the register file of the machine. */
const registers: Readonly<Record<string, number>> = {
  ax: Register.rax,
  bx: Register.rbx,
  cx: Register.rcx,
  dx: Register.rdx,
  si: Register.rsi,
  di: Register.rdi,
  bp: Register.rbp,
  sp: Register.rsp,
  r8: Register.r8,
  r9: Register.r9,
  r10: Register.r10,
  r11: Register.r11,
  r12: Register.r12,
  r13: Register.r13,
  r14: Register.r14,
  r15: Register.r15,
  ip: Register.rip,
  flags: Register.rflags,
}

/** What a 64-bit program always has in these; outside a system call orig_ax is -1. */
const constants: Readonly<Record<string, bigint>> = { cs: 0x33n, ss: 0x2bn, orig_ax: 0xffff_ffff_ffff_ffffn }

/** An address that no user access reaches: the kernel's own copy of an immediate string (bug B9). */
const kernelAddress = 0xffff_8880_0000_0000n

/** The first value of a fetch program; `command` stands for the task's name, which only strings can take. */
export function loadValue(load: Load, { registers: file, bias, mm }: HitContext): bigint | 'command' {
  switch (load.kind) {
    case 'register':
      return constants[load.name] ?? file[registers[load.name]!]!
    case 'stack-pointer':
      return file[Register.rsp]!
    case 'stack-word': {
      const word = new BigUint64Array(1)
      const address = BigInt.asUintN(64, file[Register.rsp]! + 8n * BigInt(load.index))
      return copyFromUser(mm, address, new Uint8Array(word.buffer)) ? word[0]! : 0n
    }
    case 'return-value':
      return file[Register.rax]!
    case 'immediate':
      return load.value
    case 'immediate-string':
      return kernelAddress
    case 'bias':
      return BigInt.asUintN(64, bias + load.offset)
    case 'command':
      return 'command'
  }
}
