// SPDX-License-Identifier: MIT
import type { Instruction } from './instruction.ts'
import type { InstructionTable } from './is-permitted.ts'
import { rewriteRipRelative, type Scratch } from './rip-relative.ts'
import { makeAbsolute } from './rip-relative-2010.ts'

/** Which instructions the kernel does itself (profile choice `emulated`). */
export type Emulated = 'none' | 'nops' | 'branches-and-push'

/**
 * How a nop is known (profile choice `nops`): by its opcode or the very bytes of the kernel's own nops, or, as from 7.x on, by what it
 * does (spec 02 §5).
 */
export type Nops = 'by-opcode' | 'by-meaning'

/** What is corrected after a step out of line (spec 02 §7). */
export type FixUps = {
  readonly ip: boolean
  /** The return address that a call pushed. */
  readonly call: boolean
  /** The instruction has set the trap flag itself. */
  readonly trapFlag: boolean
}

/** How a probed instruction gets executed. */
export type Action =
  | { readonly kind: 'branch'; readonly condition: number | 'always' | 'call'; readonly offset: number }
  | { readonly kind: 'push'; readonly register: number }
  | {
      readonly kind: 'step'
      readonly fixUps: FixUps
      readonly scratch: Scratch | undefined
      /** Only with `instructions: '2010'`: the scratch register takes this much more, and the copy is shorter. */
      readonly absolute?: { readonly displacement: number } | undefined
    }

/** Chooses the class of a permitted instruction and prepares its copy for the slot; undefined: refused (16-bit branches). */
export function chooseAction(
  instruction: Instruction,
  copy: Uint8Array,
  {
    emulated,
    nops,
    instructions = '6.18',
  }: { readonly emulated: Emulated; readonly nops: Nops; readonly instructions?: InstructionTable },
): Action | undefined {
  const rewrite = rewrites[instructions]
  if (emulated === 'none') return stepAction(instruction, copy, rewrite)
  if (isNop[nops](instruction, copy)) return { kind: 'branch', condition: 'always', offset: 0 }
  if (emulated === 'nops') return stepAction(instruction, copy, rewrite)
  const condition = branchCondition(instruction.opcode)
  if (condition !== undefined) {
    if (instruction.prefixes.includes(0x66)) return undefined
    const { value: offset, at, size } = instruction.immediate
    // The copy of a call is only run to raise the fault that the push of its return address met.
    if (condition === 'call') copy.fill(0, at, at + size)
    return { kind: 'branch', condition, offset }
  }
  const register = pushedRegister(instruction)
  return register === undefined ? stepAction(instruction, copy, rewrite) : { kind: 'push', register }
}

/** The kernel's own nop of each length. Those of 9 bytes and more have a segment prefix and are refused before. */
const canonicalNops = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
]

const isNop: Readonly<Record<Nops, (instruction: Instruction, bytes: Uint8Array) => boolean>> = {
  /** Opcode 90 counts whatever its prefixes say, so xchg %r8d,%eax (41 90) loses its exchange (bug B18), kmovw its move (B1). */
  'by-opcode': ({ opcode, length }, bytes) => {
    const canonical = canonicalNops[length - 1]
    if (canonical?.every((byte, index) => bytes[index] === byte)) return true
    return opcode[0] === 0x90
  },
  /** No vector instruction, and no exchange with a register beyond the first eight. */
  'by-meaning': ({ opcode: [first, second], vex, rex, modrm }) => {
    if (vex) return false
    if (first === 0x90) return ((rex?.value ?? 0) & 1) === 0
    return second === 0x1f && (modrm!.value & 0x38) === 0
  },
}

/** Number of the condition, `always` or `call`; undefined: no near branch. VEX opcodes are mistaken for branches here (bug B1). */
function branchCondition(opcode: readonly number[]): number | 'always' | 'call' | undefined {
  const [first, second] = opcode
  if (first === 0xeb || first === 0xe9) return 'always'
  if (first === 0xe8) return 'call'
  const short = second === undefined ? first! : second - 0x10
  return short >= 0x70 && short <= 0x7f ? short - 0x70 : undefined
}

function pushedRegister({ opcode, length, rex }: Instruction): number | undefined {
  const [first] = opcode
  if (first! < 0x50 || first! > 0x57) return undefined
  if (length === 1) return first! - 0x50
  return length === 2 && rex?.value === 0x41 ? first! - 0x50 + 8 : undefined
}

const noFixUps: FixUps = { ip: false, call: false, trapFlag: false }

type Rewritten = Pick<Action & { readonly kind: 'step' }, 'scratch' | 'absolute'>
type Rewrite = (instruction: Instruction, copy: Uint8Array) => Rewritten

const rewrites: Readonly<Record<InstructionTable, Rewrite>> = {
  '6.18': (instruction, copy) => ({ scratch: rewriteRipRelative(instruction, copy) }),
  '2010'(instruction, copy) {
    const made = makeAbsolute(instruction, copy)
    return { scratch: made?.scratch, absolute: made }
  },
}

function stepAction(instruction: Instruction, copy: Uint8Array, rewrite: Rewrite): Action {
  const [first] = instruction.opcode
  const group = ((instruction.modrm?.value ?? 0) >> 3) & 7
  const rewritten = (fixUps: FixUps): Action => ({
    kind: 'step',
    fixUps,
    ...rewrite(instruction, copy),
  })
  switch (first) {
    case 0x9d:
      return { kind: 'step', fixUps: { ip: true, call: false, trapFlag: true }, scratch: undefined }
    case 0xc3:
    case 0xcb:
    case 0xc2:
    case 0xca:
    case 0xea:
      return { kind: 'step', fixUps: noFixUps, scratch: undefined }
    case 0xe8: // stepped only where branches are not emulated
      return { kind: 'step', fixUps: { ...noFixUps, ip: true, call: true }, scratch: undefined }
    case 0x9a:
      return { kind: 'step', fixUps: { ...noFixUps, call: true }, scratch: undefined }
    case 0xff:
      if (group === 2 || group === 3) return rewritten({ ...noFixUps, call: true })
      if (group === 4 || group === 5) return rewritten(noFixUps)
  }
  return rewritten({ ...noFixUps, ip: true })
}
