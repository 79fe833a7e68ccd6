// SPDX-License-Identifier: MIT
import type { Instruction, Mode } from './instruction.ts'

/** Why no breakpoint may stand on an instruction: one of its prefixes, what it does to traps, or its opcode. */
export type RefusalCause = 'prefix' | 'masks-exceptions' | 'opcode'

/** Whose table it is: that of 6.18, or the one that uprobes had in its first years (profile choice `instructions`). */
export type InstructionTable = '6.18' | '2010'

/**
 * Whether a breakpoint may stand on this instruction (spec 02 §3, steps 2 to 4). In 6.18 two-byte opcodes all pass, because their
 * first byte 0F does (§3.2), and opcodes behind VEX, EVEX, XOP and REX2 are looked up by their number inside the map (§3.3).
 */
export function isPermitted(instruction: Instruction, table?: InstructionTable): boolean {
  return refusalCause(instruction, table) === undefined
}

export function refusalCause(instruction: Instruction, table?: InstructionTable): RefusalCause | undefined {
  const { opcode, mode, vex } = instruction
  if (instruction.prefixes.some(prefix => refusedPrefixes.includes(prefix))) return 'prefix'
  if (masksExceptions(instruction)) return 'masks-exceptions'
  if (table === '2010') return vex || !isKnownIn2010(opcode, mode) ? 'opcode' : undefined
  return refusedOpcodes[mode].has(opcode[0]!) ? 'opcode' : undefined
}

/** ES, CS, SS, DS and LOCK. */
export const refusedPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0xf0]

/** pop ss and mov ss hold back the trap that ends the step. */
function masksExceptions({ opcode: [first], modrm }: Instruction): boolean {
  return first === 0x17 || (first === 0x8e && (modrm!.value & 0x38) === 0x10)
}

const refusedOpcodes: Readonly<Record<Mode, ReadonlySet<number>>> = {
  64: parseRanges(
    '06 07 0e 16 17 1e 1f 27 2f 37 3f 60-62 6c-6f 82 9a cc-cf d4-d6 e4-e7 ea ec-ef f1 f4 fa fb',
  ),
  32: parseRanges('07 17 1f 6c-6f cc-cf e4-e7 ec-ef f1 f4 fa fb'),
}

/**
 * Behind 0F a second table was asked, which had no system instruction in it; three-byte opcodes were in none (spec 08 §6). Vector prefixes
 * were not known, so their bytes were opcodes that nobody had marked.
 */
function isKnownIn2010([first, second]: readonly number[], mode: Mode): boolean {
  if (first !== 0x0f) return !refusedOpcodes[mode].has(first!)
  return !refusedSeconds.has(second!)
}

/** Of descriptor tables and machine state, escapes to three bytes, syscall, ud2, rdmsr and wrmsr, sysenter, and what means nothing. */
const refusedSeconds = parseRanges('00-01 04-07 0a-0c 0e-0f 20-27 30-3f 78-7b a6-a7 aa b9 ff')

function parseRanges(text: string): Set<number> {
  const values = new Set<number>()
  for (const range of text.split(' ')) {
    const [first, last = first] = range.split('-').map(digits => Number.parseInt(digits, 16))
    for (let value = first!; value <= last!; value++) values.add(value)
  }
  return values
}
