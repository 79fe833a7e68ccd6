// SPDX-License-Identifier: MIT
import { Errno } from '../../kernel/kernel.ts'
import { pageSize } from '../../machine/machine.ts'
import { type Action, chooseAction, type Emulated } from './choose-action.ts'
import { breakpoint, copySize, type Mode } from './instruction.ts'
import { isPermitted } from './is-permitted.ts'
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
}

export type AnalysisOptions = {
  readonly mode: Mode
  /** Where it was first to be installed: an optimised call must not cross a page. */
  readonly address: bigint
  readonly emulated: Emulated
  /** Positive errno of an instruction that cannot be probed: ENOTSUPP, EPERM in 2010. */
  readonly refusal: number
  readonly isVector: (bytes: Uint8Array) => boolean
}

/**
 * Judges the 16 bytes at a probe and decides how its instruction will be executed, or a negative errno (spec 02 §2 and §3): -ENOEXEC
 * where nothing can be read there, the refusal for what is not to be probed.
 */
export function analyse(original: Uint8Array, options: AnalysisOptions): Analysis | number {
  if (original[0] === breakpoint) return -options.refusal
  const instruction = readInstruction(original, options.mode, options.isVector)
  if (!instruction) return -Errno.ENOEXEC
  if (!isPermitted(instruction)) return -options.refusal
  const copy = original.slice(0, copySize)
  const action = chooseAction(instruction, copy, options.emulated)
  if (!action) return -options.refusal
  const { length } = instruction
  const optimisable =
    length === callLength &&
    options.mode === 64 &&
    isNop(instruction.opcode, instruction.modrm?.value) &&
    Number(options.address % BigInt(pageSize)) <= pageSize - callLength
  return { length, original, copy, action, optimisable }
}

/** Bytes of a near call. */
const callLength = 5

function isNop(opcode: readonly number[], modrm: number | undefined): boolean {
  if (opcode.length === 1) return opcode[0] === 0x90
  return opcode.length === 2 && opcode[0] === 0x0f && opcode[1] === 0x1f && ((modrm ?? 0) & 0x38) === 0
}
