// SPDX-License-Identifier: MIT
import { Layout } from '../../layout.ts'
import type { Instruction, MemoryOperand } from '../decode/instruction.ts'
import { effectiveAddress } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateRead, translateWrite } from '../translation.ts'
import { checkPending, dataPointer, instructionPointer } from './status.ts'

const address = Layout.address >>> 2

/** An instruction without a memory operand: it waits for pending exceptions and becomes the last x87 instruction. */
export function waiting(cpu: CpuState, instruction: Instruction, body: (cpu: CpuState) => void): Operation {
  const { i32 } = cpu
  const [low, high] = addressOf(instruction)
  return () => {
    if (checkPending(cpu) < 0) return -1
    i32[instructionPointer] = low
    i32[instructionPointer + 1] = high
    body(cpu)
    return 0
  }
}

/** The same with an operand in memory; `body` gets its host address, and has to leave it alone when it is only read. */
export function waitingAt(
  cpu: CpuState,
  instruction: Instruction,
  operand: MemoryOperand,
  bytes: number,
  writes: boolean,
  body: (cpu: CpuState, at: number) => void,
): Operation {
  const { i32 } = cpu
  const [low, high] = addressOf(instruction)
  const locate = effectiveAddress(cpu, operand)
  const { segment, vector } = operand
  const translate = writes ? translateWrite : translateRead
  return () => {
    if (checkPending(cpu) < 0) return -1
    const l = locate()
    const h = i32[address]!
    const at = translate(cpu, l, h, bytes, vector)
    if (at < 0) return -1
    i32[instructionPointer] = low
    i32[instructionPointer + 1] = high
    // The offset in its segment.
    i32[dataPointer] = l - i32[segment]!
    i32[dataPointer + 1] = h - i32[segment + 1]! - (l >>> 0 < i32[segment]! >>> 0 ? 1 : 0)
    body(cpu, at)
    return writes ? finish(cpu) : 0
  }
}

function addressOf({ nextLow, nextHigh, length }: Instruction): [low: number, high: number] {
  return [(nextLow - length) | 0, nextLow >>> 0 < length ? nextHigh - 1 : nextHigh]
}
