// SPDX-License-Identifier: MIT
import { disassemble } from '../../machine/cpu/decode/disassemble.ts'
import { bytesAt, type ElfFile } from '../../program/elf/elf-file.ts'

/** An instruction of a program; without text, and with the next 8 bytes, where it is none. */
export type Line = { readonly address: bigint; readonly bytes: Uint8Array; readonly text?: string }

/** Bytes of the longest instruction, and of what is shown of something else. */
const [longest, glimpse] = [15, 8]

export function lineAt(elf: ElfFile, address: bigint): Line {
  const bytes = new Uint8Array(bytesAt(elf, address, longest) ?? [])
  const instruction = disassemble(bytes, address)
  return instruction
    ? { address, bytes: bytes.subarray(0, instruction.length), text: instruction.text }
    : { address, bytes: bytes.subarray(0, glimpse) }
}
