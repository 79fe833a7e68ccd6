// SPDX-License-Identifier: MIT
import { Register, Vector } from '../machine.ts'
import { openDecoder } from './decode/decoder.ts'
import type { Instruction } from './decode/instruction.ts'
import { compile } from './instructions/instructions.ts'
import { Outcome } from './operation.ts'
import type { CpuState } from './state.ts'

/** `raised`: an exception has been recorded, and nothing else has changed. `missing`: the machine does not have the instruction. */
export type Interpretation = 'done' | 'syscall' | 'raised' | 'missing'

/**
 * Does the instruction at the start of `bytes` as if it lay at rip, without a look at what lies there. Of a repeated string instruction one
 * iteration. Single-step traps are the caller's.
 */
export function interpret(cpu: CpuState, bytes: Uint8Array): Interpretation {
  cpu.forgetConstants()
  const instruction = decode(cpu, bytes)
  if (!instruction) return 'raised'
  const outcome = compile(cpu, instruction)()
  switch (outcome) {
    case Outcome.fault:
      return 'raised'
    case Outcome.missing:
      return 'missing'
    case Outcome.trap:
      cpu.setRip(instruction.nextLow, instruction.nextHigh)
      return 'raised'
    case Outcome.taken:
      cpu.setRip(instruction.targetLow, instruction.targetHigh)
      return 'done'
    case Outcome.jump:
    case Outcome.returned:
    case Outcome.again:
      return 'done'
    default:
      cpu.setRip(instruction.nextLow, instruction.nextHigh)
      return outcome === Outcome.syscall ? 'syscall' : 'done'
  }
}

function decode(cpu: CpuState, bytes: Uint8Array): Instruction | undefined {
  const decoder = openDecoder(bytes, cpu.u64[Register.rip]!)
  const decoded = decoder.next()
  decoder.free()
  if (decoded.kind === 'instruction') return decoded.instruction
  cpu.raise(decoded.kind === 'invalid' ? decoded.vector : Vector.GP, 0)
  return undefined
}
