// SPDX-License-Identifier: MIT
import type { MachineMemory } from '../../memory/machine-memory.ts'
import type { Operand } from '../decode/instruction.ts'
import { type Arrangement, halved } from '../mmx/halved.ts'
import { isMmx } from '../mmx/registers.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'

/**
 * What an instruction on whole xmm registers does: host addresses of target and source, both multiples of 16, which may be
 * the same. The kernel reads what it needs of the source before it writes.
 */
export type Kernel = (memory: MachineMemory, target: number, source: number) => void
export type ImmediateKernel = (memory: MachineMemory, target: number, source: number, control: number) => void

/**
 * `op xmm, xmm/m128` with an operand that must be aligned in memory, and its MMX form, where there is one: `arrangement` says
 * how that one uses the kernel.
 */
export function packed(kernel: Kernel, arrangement?: Arrangement): Compiler {
  return (cpu, instruction) => {
    const [target, source] = instruction.operands as [Operand, Operand]
    if (isMmx(target)) return halved(cpu, instruction, kernel, arrangement)
    if (!isXmm(target)) return undefined
    const t = target.host
    const { memory } = cpu
    if (isXmm(source)) {
      const s = source.host
      return () => {
        kernel(memory, t, s)
        return 0
      }
    }
    const from = locateAligned(cpu, source, 16, false)
    return () => {
      const s = from()
      if (s < 0) return -1
      kernel(memory, t, s)
      return 0
    }
  }
}

/** `op xmm, xmm/m128, imm8`, and the MMX form likewise. */
export function packedImmediate(kernel: ImmediateKernel, arrangement?: Arrangement): Compiler {
  return (cpu, instruction) => {
    const [target, source, immediate] = instruction.operands as [Operand, Operand, Operand]
    if (immediate?.kind !== 'immediate') return undefined
    const control = Number(immediate.value & 0xffn)
    if (isMmx(target))
      return halved(cpu, instruction, (memory, t, s) => kernel(memory, t, s, control), arrangement)
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = isXmm(source) ? locateForRead(cpu, source, 16) : locateAligned(cpu, source, 16, false)
    const { memory } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      kernel(memory, t, s, control)
      return 0
    }
  }
}

/** Whether an operand is an xmm register. */
export function isXmm(operand: Operand | undefined): operand is Operand & { kind: 'register'; bytes: 16 } {
  return operand !== undefined && operand.kind === 'register' && operand.bytes === 16
}
