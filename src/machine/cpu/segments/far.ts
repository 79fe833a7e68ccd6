// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, MemoryOperand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { advance } from '../instructions/stack-words.ts'
import { type Operation, Outcome } from '../operation.ts'
import { importFlags } from '../rflags.ts'
import type { CpuState } from '../state.ts'
import { finish, isCanonical, translateRead, translateWrite } from '../translation.ts'
import { code32Selector, codeSelector, dataSelector, descriptorOf, selectorError } from './descriptors.ts'
import { readFarPointer } from './far-pointer.ts'

const rip = Register.rip * 2
const rsp = 8
const rflags = Register.rflags * 2
const nestedTask = 0x4000

type Bytes = 2 | 4 | 8

/** Far returns and returns from interrupts, within user mode. Far jumps and calls share their mnemonics with near ones. */
export const farReturns: Family = [
  [Mnemonic.Retf, farReturn],
  [Mnemonic.Iret, (cpu, instruction) => interruptReturn(cpu, instruction, 2)],
  [Mnemonic.Iretd, (cpu, instruction) => interruptReturn(cpu, instruction, 4)],
  [Mnemonic.Iretq, (cpu, instruction) => interruptReturn(cpu, instruction, 8)],
]

/**
 * What a selector for cs allows: 0; -1 after #GP; `missing` for 32-bit code. A return needs the privilege of its selector to be that of
 * user mode, a jump takes any (Intel SDM 3A §5.8.1).
 */
function checkCode(cpu: CpuState, selector: number, returns: boolean): number {
  const kind = descriptorOf(selector)?.kind
  const allowed = kind !== undefined && kind !== 'data' && (!returns || (selector & 3) === 3)
  if (!allowed) return cpu.raise(Vector.GP, selectorError(selector))
  if (kind === 'code') return 0
  cpu.refusal = `to 32-bit code (cs 0x${code32Selector.toString(16)})`
  return Outcome.missing
}

/** jmp and call through a far pointer in memory. */
export function farBranch(
  cpu: CpuState,
  instruction: Instruction,
  pointer: MemoryOperand,
  calls: boolean,
): Operation {
  const target = new Int32Array(1)
  const read = readFarPointer(cpu, pointer, target)
  const { i32 } = cpu
  const push = calls
    ? pushReturn(cpu, instruction, instruction.wide ? 8 : pointer.bytes === 6 ? 4 : 2)
    : undefined
  return () => {
    const selector = read()
    if (selector < 0) return -1
    const allowed = checkCode(cpu, selector, false)
    if (allowed !== 0) return allowed
    if (push !== undefined && push() < 0) return -1
    i32[rip] = target[0]!
    i32[rip + 1] = 0
    return 3
  }
}

/** Pushes cs and the address behind the instruction; nothing has changed after a fault. */
function pushReturn(cpu: CpuState, { nextLow, nextHigh }: Instruction, bytes: Bytes): () => 0 | -1 {
  const { i32, view } = cpu
  return () => {
    const low = i32[rsp]!
    const high = i32[rsp + 1]!
    advance(i32, -bytes)
    const selectorAt = translateWrite(cpu, i32[rsp]!, i32[rsp + 1]!, bytes, Vector.SS)
    if (selectorAt >= 0) {
      writeWord(view, selectorAt, bytes, codeSelector, 0)
      finish(cpu)
      advance(i32, -bytes)
      const at = translateWrite(cpu, i32[rsp]!, i32[rsp + 1]!, bytes, Vector.SS)
      if (at >= 0) {
        writeWord(view, at, bytes, nextLow, nextHigh)
        return finish(cpu)
      }
    }
    i32[rsp] = low
    i32[rsp + 1] = high
    return -1
  }
}

function writeWord(view: DataView, at: number, bytes: Bytes, low: number, high: number): void {
  if (bytes === 2) view.setInt16(at, low, true)
  else view.setInt32(at, low, true)
  if (bytes === 8) view.setInt32(at + 4, high, true)
}

const returnSizes = new Map<Code, Bytes>([
  [Code.Retfw, 2],
  [Code.Retfw_imm16, 2],
  [Code.Retfd, 4],
  [Code.Retfd_imm16, 4],
  [Code.Retfq, 8],
  [Code.Retfq_imm16, 8],
])

/** A far return to the same privilege (Intel SDM 2B, RET): anything but the user's code segments is #GP with the selector. */
function farReturn(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const bytes = returnSizes.get(code)
  if (bytes === undefined) return undefined
  const [operand] = operands
  const extra = operand?.kind === 'immediate' ? Number(operand.value & 0xffffn) : 0
  const frame = new Int32Array(4)
  const { i32 } = cpu
  return () => {
    if (readFrame(cpu, frame, bytes) < 0) return -1
    const allowed = checkCode(cpu, frame[2]! & 0xffff, true)
    if (allowed !== 0) return allowed
    if (!isCanonical(frame[1]!)) return cpu.raise(Vector.GP, 0)
    i32[rip] = frame[0]!
    i32[rip + 1] = frame[1]!
    advance(i32, 2 * bytes + extra)
    return 3
  }
}

/** What iret may change of rflags with IOPL 0: what popf may, and RF. */
const writable = 0x25_4dd5

/** rip, cs, rflags, rsp and ss from the stack; no task can be nested in 64-bit mode (Intel SDM 2A, IRET). */
function interruptReturn(cpu: CpuState, _: Instruction, bytes: Bytes): Operation {
  const frame = new Int32Array(10)
  const { i32 } = cpu
  const mask = bytes === 2 ? writable & 0xffff : writable
  return () => {
    if ((i32[rflags]! & nestedTask) !== 0) return cpu.raise(Vector.GP, 0)
    if (readFrame(cpu, frame, bytes) < 0) return -1
    const allowed = checkCode(cpu, frame[2]! & 0xffff, true)
    if (allowed !== 0) return allowed
    const ss = frame[8]! & 0xffff
    if (ss !== dataSelector) return cpu.raise(Vector.GP, selectorError(ss))
    if (!isCanonical(frame[1]!)) return cpu.raise(Vector.GP, 0)
    i32[rip] = frame[0]!
    i32[rip + 1] = frame[1]!
    i32[rflags] = (i32[rflags]! & ~mask) | (frame[4]! & mask)
    importFlags(cpu)
    i32[rsp] = frame[6]!
    i32[rsp + 1] = frame[7]!
    return Outcome.returned
  }
}

/** Reads as many words of a size as `frame` has pairs, low and high half, from the stack pointer on; it does not move. */
function readFrame(cpu: CpuState, frame: Int32Array, bytes: Bytes): 0 | -1 {
  const { i32, view } = cpu
  for (let n = 0; n < frame.length; n += 2) {
    const offset = (n / 2) * bytes
    const low = (i32[rsp]! + offset) | 0
    const high = low >>> 0 < offset ? (i32[rsp + 1]! + 1) | 0 : i32[rsp + 1]!
    const at = translateRead(cpu, low, high, bytes, Vector.SS)
    if (at < 0) return -1
    frame[n] = bytes === 2 ? view.getUint16(at, true) : view.getInt32(at, true)
    frame[n + 1] = bytes === 8 ? view.getInt32(at + 4, true) : 0
  }
  return 0
}
