// SPDX-License-Identifier: MIT
import { type Exit, Register, Vector } from '../../machine/machine.ts'
import type { KernelTask } from '../task/kernel-task.ts'

type Exception = Extract<Exit, { kind: 'exception' }>

/** Vector of the system calls of 32-bit programs, which 64-bit ones may use too (CONFIG_IA32_EMULATION). */
export const legacyVector = 0x80
/** #OF: `int $4` is a way to it. */
export const overflowVector = 4
/** Gates that user mode may go through (DPL 3 in Linux's IDT). For all others `int` is a #GP. */
const openGates: ReadonlySet<number> = new Set([Vector.BP, overflowVector, legacyVector])

/**
 * What `int n` does: the processor reports #GP(n * 8 + 2) (Intel SDM 3A §6.12.1.1), for it has no table of gates; where Linux's gate is open,
 * the trap is that vector, with rip behind the instruction.
 */
export function throughGate(task: KernelTask, exception: Exception): Exception {
  if (exception.vector !== Vector.GP || (exception.error & 7) !== 2) return exception
  const vector = exception.error >> 3
  const rip = task.registers[Register.rip]!
  const length = openGates.has(vector) ? lengthOf(task, Number(rip)) : 0
  if (length === 0) return exception
  task.registers[Register.rip] = rip + BigInt(length)
  return { ...exception, vector, error: 0 }
}

/** Prefixes, the opcode 0xcd and the vector; 0 when it is something else. */
function lengthOf(task: KernelTask, address: number): number {
  const bytes = new Uint8Array(15)
  const have = task.mm!.read(address, bytes)
  const opcode = bytes.subarray(0, have).indexOf(0xcd)
  return opcode < 0 ? 0 : opcode + 2
}
