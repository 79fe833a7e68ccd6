// SPDX-License-Identifier: MIT
import { Vector } from '../../../machine.ts'
import type { Compiler } from '../../operands.ts'

/** An instruction that only processors of the level x86-64-v2 have; to others it is none. */
export function newer(compiler: Compiler): Compiler {
  return (cpu, instruction) =>
    cpu.model === 'x86-64-v2' ? compiler(cpu, instruction) : () => cpu.raise(Vector.UD, 0)
}
