// SPDX-License-Identifier: MIT
import type { Instruction, Mode } from './instruction.ts'

/** Why no breakpoint may stand on an instruction: one of its prefixes, what it does to traps, or its opcode. */
export type RefusalCause = 'prefix' | 'masks-exceptions' | 'opcode'

/**
 * Whether a breakpoint may stand on this instruction (spec 02 §3, steps 2 to 4). Two-byte opcodes all pass, because their
 * first byte 0F does (§3.2), and VEX opcodes are looked up by their number inside the map (§3.3).
 */
export function isPermitted(instruction: Instruction): boolean {
  return refusalCause(instruction) === undefined
}

export function refusalCause(instruction: Instruction): RefusalCause | undefined {
  const [first] = instruction.opcode
  if (instruction.prefixes.some(prefix => refusedPrefixes.includes(prefix))) return 'prefix'
  if (masksExceptions(instruction)) return 'masks-exceptions'
  return refusedOpcodes[instruction.mode].has(first!) ? 'opcode' : undefined
}

/** ES, CS, SS, DS and LOCK. */
export const refusedPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0xf0]

/** pop ss and mov ss hold back the trap that ends the step. */
function masksExceptions({ opcode: [first], modrm }: Instruction): boolean {
  return first === 0x17 || (first === 0x8e && ((modrm?.value ?? 0) & 0x38) === 0x10)
}

const refusedOpcodes: Readonly<Record<Mode, ReadonlySet<number>>> = {
  64: parseRanges(
    '06 07 0e 16 17 1e 1f 27 2f 37 3f 60 61 6c-6f 82 9a cc-cf d4 d6 e4-e7 ea ec-ef f1 f4 fa fb',
  ),
  32: parseRanges('07 17 1f 6c-6f cc-cf e4-e7 ec-ef f1 f4 fa fb'),
}

function parseRanges(text: string): Set<number> {
  const values = new Set<number>()
  for (const range of text.split(' ')) {
    const [first, last = first] = range.split('-').map(digits => Number.parseInt(digits, 16))
    for (let value = first!; value <= last!; value++) values.add(value)
  }
  return values
}
