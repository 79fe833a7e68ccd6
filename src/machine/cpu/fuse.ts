// SPDX-License-Identifier: MIT
import type { Instruction } from './decode/instruction.ts'
import { compileArithmetic } from './instructions/arithmetic.ts'
import { conditionOf } from './instructions/conditions.ts'
import { fusedKernels } from './instructions/fused-kernels.ts'
import { bytesOf } from './operands.ts'
import type { Operation } from './operation.ts'
import type { CpuState } from './state.ts'

/** The operations of a block that ends with a branch, with its last two done by one where it is a comparison and its branch. */
export function fuse(
  cpu: CpuState,
  operations: readonly Operation[],
  instructions: readonly (Instruction | undefined)[],
): Operation[] {
  const compare = instructions.at(-2)
  const branch = instructions.at(-1)
  const condition = branch === undefined ? undefined : conditionOf(branch.mnemonic)
  if (compare === undefined || condition === undefined) return operations.slice()
  const kernels = fusedKernels(compare.mnemonic, condition)
  if (kernels === undefined || (kernels.writes && !writesWideRegister(compare))) return operations.slice()
  return [...operations.slice(0, -2), compileArithmetic(cpu, compare, kernels)]
}

/** What is written elsewhere has something left to do after its kernel. */
function writesWideRegister({ operands }: Instruction): boolean {
  const [destination] = operands
  return destination?.kind === 'register' && bytesOf(destination) >= 4
}
