// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { bytesOf, locateForRead, locateForWrite, wordOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { exportFlags, importFlags } from '../rflags.ts'
import { popSegment, pushSegment } from '../segments/loads.ts'
import type { CpuState } from '../state.ts'
import { finish, quickRead, translateRead, translateWrite } from '../translation.ts'
import type { Family } from './family.ts'
import { advance, pushShort, pushWord } from './stack-words.ts'

const rsp = 8
const rspHigh = 9
const rbp = 10
const rbpHigh = 11
const rbpHost = rbp * 4
const a = Layout.scratchA >>> 2

/** Forms with a 0x66 prefix whose operands do not tell the size. */
const wordForms = new Set<Code>([
  Code.Push_imm16,
  Code.Pushw_imm8,
  Code.Leavew,
  Code.Enterw_imm16_imm8,
  Code.Pushw_FS,
  Code.Pushw_GS,
  Code.Popw_FS,
  Code.Popw_GS,
])

/** push, pop, pushf, popf, enter, leave. The stack pointer moves only when nothing has faulted. */
export const stack: Family = [
  [Mnemonic.Push, push],
  [Mnemonic.Pop, pop],
  [Mnemonic.Pushfq, cpu => pushFlags(cpu, 8)],
  [Mnemonic.Pushf, cpu => pushFlags(cpu, 2)],
  [Mnemonic.Popfq, cpu => popFlags(cpu, 8)],
  [Mnemonic.Popf, cpu => popFlags(cpu, 2)],
  [Mnemonic.Leave, leave],
  [Mnemonic.Enter, enter],
]

function push(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const [operand] = operands as [Operand]
  if (operand.kind === 'segment') return pushSegment(cpu, operand.number, wordForms.has(code) ? 2 : 8)
  // An immediate has the operand size of the instruction, which only a 0x66 prefix makes 2.
  const bytes = bytesOf(operand) || (wordForms.has(code) ? 2 : 8)
  const s = bytes === 8 ? wordOf(cpu, operand) : undefined
  if (s !== undefined) return pushWord(cpu, s)
  const locate = locateForRead(cpu, operand, bytes)
  const { i32, view } = cpu
  const inner = bytes === 8 ? pushWord(cpu, a) : pushShort(cpu)
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[a] = bytes === 8 ? view.getInt32(at, true) : view.getInt16(at, true)
    if (bytes === 8) i32[a + 1] = view.getInt32(at + 4, true)
    return inner()
  }
}

function pop(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const [operand] = operands as [Operand]
  if (operand.kind === 'segment') return popSegment(cpu, operand.number, wordForms.has(code) ? 2 : 8)
  const bytes = bytesOf(operand)
  const d = bytes === 8 ? wordOf(cpu, operand) : undefined
  if (d !== undefined) return popWord(cpu, d)
  const { i32, u8 } = cpu
  const target = locateForWrite(cpu, operand, bytes)
  return () => {
    const from = translateRead(cpu, i32[rsp]!, i32[rspHigh]!, bytes, Vector.SS)
    if (from < 0) return -1
    // A target that is addressed with rsp sees the pointer that has been moved (Intel SDM 2B, POP).
    const low = i32[rsp]!
    const high = i32[rspHigh]!
    advance(i32, bytes)
    const at = target()
    if (at < 0) {
      i32[rsp] = low
      i32[rspHigh] = high
      return -1
    }
    u8.copyWithin(at, from, from + bytes)
    return finish(cpu)
  }
}

function popWord(cpu: CpuState, d: number): Operation {
  const { i32, view } = cpu
  return () => {
    const old = i32[rsp]!
    const high = i32[rspHigh]!
    const at = quickRead(cpu, i32, old, high, 8, 12)
    if (at < 0) return -1
    const low = (old + 8) | 0
    i32[rsp] = low
    if (low >>> 0 < 8) i32[rspHigh] = high + 1
    i32[d] = view.getInt32(at, true)
    i32[d + 1] = view.getInt32(at + 4, true)
    return 0
  }
}

function pushFlags(cpu: CpuState, bytes: number): Operation {
  const { i32 } = cpu
  const inner = bytes === 8 ? pushWord(cpu, a) : pushShort(cpu)
  const rflags = Register.rflags * 2
  return () => {
    exportFlags(cpu)
    // RF and VM are pushed as zero (Intel SDM 2B, PUSHF).
    i32[a] = i32[rflags]! & ~0x3_0000
    i32[a + 1] = 0
    return inner()
  }
}

/** What popf may change in user mode with IOPL 0: CF PF AF ZF SF TF DF OF NT AC ID, and it clears RF. */
const writable = 0x24_4dd5

function popFlags(cpu: CpuState, bytes: number): Operation {
  const { i32, view } = cpu
  const rflags = Register.rflags * 2
  const mask = bytes === 8 ? writable : writable & 0xffff
  return () => {
    const at = translateRead(cpu, i32[rsp]!, i32[rspHigh]!, bytes, Vector.SS)
    if (at < 0) return -1
    const value = bytes === 8 ? view.getInt32(at, true) : view.getUint16(at, true)
    i32[rflags] = (i32[rflags]! & ~(mask | 0x1_0000)) | (value & mask)
    importFlags(cpu)
    advance(i32, bytes)
    return 6
  }
}

function leave(cpu: CpuState, { code }: Instruction): Operation {
  const { i32, view } = cpu
  const bytes = wordForms.has(code) ? 2 : 8
  return () => {
    const low = i32[rbp]!
    const high = i32[rbpHigh]!
    const at = quickRead(cpu, i32, low, high, bytes, 12)
    if (at < 0) return -1
    if (bytes === 8) {
      i32[rbp] = view.getInt32(at, true)
      i32[rbpHigh] = view.getInt32(at + 4, true)
    } else view.setInt16(rbpHost, view.getInt16(at, true), true)
    i32[rsp] = low
    i32[rspHigh] = high
    advance(i32, bytes)
    return 0
  }
}

/**
 * enter: pushes rbp, with a level of nesting the frame pointers that lie below the old one and the new one, and makes room (Intel SDM
 * 2A, ENTER). What was pushed before a fault stays in memory; the registers are as before.
 */
function enter(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const [size, nesting] = operands
  if (size?.kind !== 'immediate' || nesting?.kind !== 'immediate') return undefined
  const bytes = wordForms.has(code) ? 2 : 8
  const room = Number(size.value & 0xffffn)
  const level = Number(nesting.value & 31n)
  const { i32, u64, view } = cpu
  const push = bytes === 8 ? pushWord(cpu, a) : pushShort(cpu)
  const pushPair = (low: number, high: number): number => {
    i32[a] = low
    i32[a + 1] = high
    return push()
  }
  const nest = (old: bigint, frameLow: number, frameHigh: number): number => {
    for (let n = 1; n < level; n++) {
      const from = BigInt.asUintN(64, old - BigInt(n * bytes))
      const at = translateRead(cpu, lowOf(from), lowOf(from >> 32n), bytes, Vector.SS)
      if (at < 0) return -1
      const low = bytes === 8 ? view.getInt32(at, true) : view.getInt16(at, true)
      if (pushPair(low, bytes === 8 ? view.getInt32(at + 4, true) : 0) < 0) return -1
    }
    return pushPair(frameLow, frameHigh)
  }
  return () => {
    const stack = u64[4]!
    const old = u64[5]!
    let outcome = pushPair(i32[rbp]!, i32[rbpHigh]!)
    const frameLow = i32[rsp]!
    const frameHigh = i32[rspHigh]!
    if (outcome === 0 && level > 0) outcome = nest(old, frameLow, frameHigh)
    if (outcome === 0) {
      advance(i32, -room)
      // Where the stack ends then must be writable, too.
      outcome = translateWrite(cpu, i32[rsp]!, i32[rspHigh]!, 1, Vector.SS) < 0 ? -1 : 0
    }
    if (outcome < 0) {
      u64[4] = stack
      return -1
    }
    i32[rbp] = bytes === 8 ? frameLow : (i32[rbp]! & ~0xffff) | (frameLow & 0xffff)
    if (bytes === 8) i32[rbpHigh] = frameHigh
    return 0
  }
}

function lowOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}
