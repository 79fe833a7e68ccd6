// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Instruction, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { isXmm } from '../sse/packed.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { checkPending, setTop, tagAddress } from '../x87/status.ts'
import { enterMmx, isMmx, locateMmx, mmxHost, writeMmx } from './registers.ts'

/** What only MMX registers have. Arithmetic and rearrangements stand with their xmm forms, which `halved` reuses. */
export const mmx: Family = [
  [Mnemonic.Emms, emms],
  [Mnemonic.Movntq, moveMmx(8)],
  [Mnemonic.Movq2dq, toXmm],
  [Mnemonic.Movdq2q, fromXmm],
]

/** All registers are empty, and the stack begins at register 0. */
function emms(cpu: CpuState): Operation {
  return () => {
    if (checkPending(cpu) < 0) return -1
    setTop(cpu, 0)
    cpu.u8[tagAddress] = 0
    return 0
  }
}

/** movd and movq between an MMX register and another, a general one or memory. */
export function moveMmx(bytes: 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (isMmx(target)) return load(cpu, mmxHost(target.number), source, bytes)
    return isMmx(source) ? store(cpu, target, mmxHost(source.number), bytes) : undefined
  }
}

function load(cpu: CpuState, host: number, source: Operand, bytes: 4 | 8): Operation {
  const from = locateMmx(cpu, source, bytes)
  const { view } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    const s = from()
    if (s < 0) return -1
    writeMmx(cpu, host, view.getInt32(s, true), bytes === 8 ? view.getInt32(s + 4, true) : 0)
    return 0
  }
}

function store(cpu: CpuState, target: Operand, host: number, bytes: 4 | 8): Operation {
  const to = locateForWrite(cpu, target, bytes)
  const clears = bytes === 4 && target.kind === 'register'
  const { view } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    const t = to()
    if (t < 0) return -1
    enterMmx(cpu)
    view.setInt32(t, view.getInt32(host, true), true)
    if (bytes === 8) view.setInt32(t + 4, view.getInt32(host + 4, true), true)
    if (clears) view.setInt32(t + 4, 0, true)
    return finish(cpu)
  }
}

function toXmm(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source] = operands
  if (!isXmm(target) || !isMmx(source)) return undefined
  const t = target.host >>> 2
  const s = mmxHost(source.number) >>> 2
  const { i32 } = cpu
  return () => {
    if (checkPending(cpu) < 0) return -1
    enterMmx(cpu)
    i32[t] = i32[s]!
    i32[t + 1] = i32[s + 1]!
    i32[t + 2] = 0
    i32[t + 3] = 0
    return 0
  }
}

function fromXmm(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [target, source] = operands
  return isMmx(target) && isXmm(source) ? load(cpu, mmxHost(target.number), source, 8) : undefined
}

/** An operation on an MMX register and a general one, whose first operand the operation `then` writes. */
export function withMmx(cpu: CpuState, then: () => void): Operation {
  return () => {
    if (checkPending(cpu) < 0) return -1
    enterMmx(cpu)
    then()
    return 0
  }
}

/** A conversion to xmm whose source may be an MMX register: the x87 unit becomes an MMX one even when it faults. */
export function convertMmx(compiler: Compiler): Compiler {
  return (cpu, instruction) => {
    const operation = compiler(cpu, instruction)
    if (operation === undefined || !isMmx(instruction.operands[1])) return operation
    return () => {
      if (checkPending(cpu) < 0) return -1
      enterMmx(cpu)
      return operation()
    }
  }
}
