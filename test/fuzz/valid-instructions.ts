// SPDX-License-Identifier: MIT
import { disassemble } from '../../src/machine/cpu/decode/disassemble.ts'
import { Random } from './random.ts'

/** Instructions that decode, of every opcode map and with every kind of prefix: the same ones always. */
export function validInstructions(count: number): Uint8Array[] {
  const random = new Random(0, 0)
  const found: Uint8Array[] = []
  while (found.length < count) {
    const bytes = Uint8Array.of(...opcodeStart(random), ...random.bytes(12)).subarray(0, 15)
    const instruction = disassemble(bytes, 0x401000n)
    if (instruction) found.push(bytes.slice(0, instruction.length))
  }
  return found
}

const starts: readonly (readonly number[])[] = [
  [],
  [],
  [0x48],
  [0x66],
  [0xf2],
  [0xf3],
  [0xf3, 0x48],
  [0xf0],
  [0x0f],
  [0x0f],
  [0x66, 0x0f],
  [0xf2, 0x0f],
  [0xf3, 0x0f],
  [0x48, 0x0f],
  [0x0f, 0x38],
  [0x66, 0x0f, 0x38],
  [0x66, 0x0f, 0x3a],
  [0x64],
  [0x67],
]

function opcodeStart(random: Random): readonly number[] {
  // x87 has eight opcodes only, which chance would pass over.
  return random.oneIn(12) ? [0xd8 + random.below(8)] : random.pick(starts)
}
