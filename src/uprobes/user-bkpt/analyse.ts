// SPDX-License-Identifier: MIT
import { Errno } from '../../kernel/kernel.ts'
import { pageSize } from '../../machine/machine.ts'
import type { BugName } from '../known-bugs.ts'
import type { KernelProfile } from '../profile.ts'
import { bugsOfAction } from './bugs-of-action.ts'
import { type Action, chooseAction, type Emulated, type Nops } from './choose-action.ts'
import { breakpoint, copySize, type Instruction, type Located, type Mode } from './instruction.ts'
import { isBoostable } from './is-boostable.ts'
import { type InstructionTable, isPermitted } from './is-permitted.ts'
import { readInstruction } from './read-instruction.ts'

/** All that is known of a probed instruction; made once for all mms (spec 02 §2, bug B12). */
export type Analysis = {
  readonly length: number
  /** The bytes of the file, from the probe on; zeros behind its end. */
  readonly original: Uint8Array
  /** What is put into a slot: the original, changed where the action needs it. */
  readonly copy: Uint8Array
  readonly action: Action
  /** Whether a call may replace it (spec 02 §8). */
  readonly optimisable: boolean
  /** Whether its copy may be left without a step (spec 09 §4). */
  readonly boostable: boolean
  /** Known bugs that show each time when it has been executed this way. */
  readonly bugs: readonly BugName[]
}

export type AnalysisOptions = {
  readonly mode: Mode
  /** Where it was first to be installed: an optimised call must not cross a page. */
  readonly address: bigint
  readonly emulated: Emulated
  readonly nops: Nops
  /** Which nop may be replaced by a call. */
  readonly optimize: 'none' | 'nop5' | 'nop10'
  /** Positive errno of an instruction that cannot be probed: ENOTSUPP, EPERM in 2010. */
  readonly refusal: number
  readonly isVector: (bytes: Uint8Array) => boolean
  /** Absent: out of line. */
  readonly execute?: KernelProfile['execute']
  /** Absent: those of 6.18. */
  readonly instructions?: InstructionTable
  /** Whether bytes are an integer instruction that any processor has; asked with `execute: emulate` only. */
  readonly isBase?: (bytes: Uint8Array) => boolean
}

/**
 * Judges the 16 bytes at a probe and decides how its instruction will be executed, or a negative errno (spec 02 §2 and §3): -ENOEXEC
 * where nothing can be read there, the refusal for what is not to be probed. In 2010 those were -EPERM both, and a breakpoint that stands
 * there -EEXIST (spec 08 §2).
 */
export function analyse(original: Uint8Array, options: AnalysisOptions): Analysis | number {
  const { refusal, execute, instructions } = options
  if (original[0] === breakpoint) return instructions === '2010' ? -Errno.EEXIST : -refusal
  const instruction = readInstruction(original, options.mode, options.isVector)
  if (!instruction) return instructions === '2010' ? -refusal : -Errno.ENOEXEC
  const replaceable = options.mode === 64 && isReplaceable[options.optimize](instruction, original)
  // The longest of the kernel's own nops has a segment prefix, and is let through where it is the one that a call replaces.
  const exempt = replaceable && options.optimize === 'nop10'
  if (!exempt && !isAccepted(instruction, original, options)) return -refusal
  const copy = original.slice(0, copySize)
  const action = chooseAction(instruction, copy, options)
  if (!action) return -refusal
  const { length } = instruction
  // What is executed in its place must not become a call meanwhile.
  const isFree = execute !== 'inline' || action.kind !== 'step'
  const fits = Number(options.address % BigInt(pageSize)) <= pageSize - length
  return {
    length,
    original,
    copy,
    action,
    optimisable: replaceable && isFree && fits,
    boostable: isBoostable(instruction, action),
    bugs: bugsOfAction(instruction, action),
  }
}

/** Where nothing is copied the table has nothing to say: in its place every instruction is right, in software those that are known. */
function isAccepted(
  instruction: Instruction,
  bytes: Uint8Array,
  { execute, instructions, isBase }: AnalysisOptions,
): boolean {
  if (execute === 'inline') return true
  if (execute === 'emulate') return isBase?.(bytes) ?? false
  return isPermitted(instruction, instructions)
}

/** Whether a call may take the place of an instruction (spec 02 §8). */
const isReplaceable: Readonly<
  Record<AnalysisOptions['optimize'], (instruction: Instruction, bytes: Uint8Array) => boolean>
> = {
  none: () => false,
  nop5: ({ length, opcode, modrm }) => length === 5 && isNop(opcode, modrm),
  nop10: (_, bytes) => nop10.every((byte, index) => bytes[index] === byte),
}

/** What `nopw cs:disp32(base,index)` begins with, which makes it ten bytes; the five behind may be any. */
const nop10 = [0x66, 0x2e, 0x0f, 0x1f, 0x84]

function isNop([first, second]: readonly number[], modrm: Located | undefined): boolean {
  return first === 0x90 || (second === 0x1f && (modrm!.value & 0x38) === 0)
}
