// SPDX-License-Identifier: MIT
import type { KernelProfile } from '../profile.ts'
import { breakpoint, type Instruction, type Mode } from './instruction.ts'
import { refusalCause, refusedPrefixes } from './is-permitted.ts'
import { readInstruction } from './read-instruction.ts'

/** Why `analyse` refuses the bytes at a probe, as the rest of "the kernel refuses it: …" (spec 02 §3). */
export function refusalReason(
  bytes: Uint8Array,
  mode: Mode,
  isVector: (bytes: Uint8Array) => boolean,
  { execute, instructions }: Partial<Pick<KernelProfile, 'execute' | 'instructions'>> = {},
): string {
  if (bytes[0] === breakpoint) return 'a breakpoint stands there already, in the file itself'
  const instruction = readInstruction(bytes, mode, isVector)
  if (!instruction) return 'its decoder makes no instruction of these bytes'
  if (execute === 'emulate') return 'it has no emulation of this instruction'
  switch (refusalCause(instruction, instructions)) {
    case 'prefix': {
      const prefix = instruction.prefixes.find(value => refusedPrefixes.includes(value))!
      return `it takes no instruction with the prefix ${byteText(prefix)} (${prefixNames.get(prefix)})`
    }
    case 'masks-exceptions':
      return 'a load of ss holds back the trap that would end its single-step'
    case 'opcode':
      return instructions === '2010'
        ? 'its table of 2010 does not have this opcode'
        : opcodeReason(instruction)
    case undefined:
      return 'it takes no branch of 16 bits (prefix 66)'
  }
}

const prefixNames = new Map([
  [0x26, 'es'],
  [0x2e, 'cs'],
  [0x36, 'ss'],
  [0x3e, 'ds, or notrack'],
  [0xf0, 'lock'],
])

function opcodeReason({ opcode: [first], vex }: Instruction): string {
  const number = byteText(first!)
  if (vex)
    return `it looks a vector instruction up by the last byte of its opcode, ${number}, and refuses that (bug B1)`
  if (first! >= 0xcc && first! <= 0xcf) return 'it takes no instruction that raises or ends an interrupt'
  if (first === 0xf1) return 'it takes no instruction that raises a debug exception'
  if (privileged.has(first!)) return 'it takes no instruction of the operating system'
  return `it takes no opcode ${number}, which means nothing in 64-bit code`
}

/** ins, outs, in, out, hlt, cli and sti. */
const privileged = new Set([
  0x6c, 0x6d, 0x6e, 0x6f, 0xe4, 0xe5, 0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef, 0xf4, 0xfa, 0xfb,
])

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0')
}
