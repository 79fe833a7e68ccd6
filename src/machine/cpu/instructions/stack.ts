// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Register, Vector } from '../../machine.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { bytesOf, locateForRead, locateForWrite, wordOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import { exportFlags, importFlags } from '../rflags.ts'
import type { CpuState } from '../state.ts'
import { finish, finishAt, quickRead, quickWrite, translateRead, translateWrite } from '../translation.ts'
import type { Family } from './family.ts'

const rsp = 8
const rspHigh = 9
const rbp = 10
const rbpHigh = 11
const a = Layout.scratchA >>> 2

/** Forms with a 0x66 prefix whose operands do not tell the size. */
const wordForms = new Set<Code>([Code.Push_imm16, Code.Pushw_imm8, Code.Leavew, Code.Enterw_imm16_imm8])

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
  if (operand.kind === 'segment') return undefined
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

/** Pushes 8 bytes from a word of `i32`. */
export function pushWord(cpu: CpuState, s: number): Operation {
  const { i32, view } = cpu
  return () => {
    const old = i32[rsp]!
    const low = (old - 8) | 0
    const high = old >>> 0 < 8 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
    const at = quickWrite(cpu, i32, low, high, 8, 12)
    if (at < 0) return -1
    view.setInt32(at, i32[s]!, true)
    view.setInt32(at + 4, i32[s + 1]!, true)
    i32[rsp] = low
    i32[rspHigh] = high
    return finishAt(cpu, at)
  }
}

/** Pushes 2 bytes from the scratch word. */
function pushShort(cpu: CpuState): Operation {
  const { i32, view } = cpu
  return () => {
    const old = i32[rsp]!
    const low = (old - 2) | 0
    const high = old >>> 0 < 2 ? (i32[rspHigh]! - 1) | 0 : i32[rspHigh]!
    const at = translateWrite(cpu, low, high, 2, Vector.SS)
    if (at < 0) return -1
    view.setInt16(at, i32[a]!, true)
    i32[rsp] = low
    i32[rspHigh] = high
    return finish(cpu)
  }
}

function pop(cpu: CpuState, { operands }: Instruction): Operation | undefined {
  const [operand] = operands as [Operand]
  if (operand.kind === 'segment') return undefined
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

/** Moves rsp up. */
export function advance(i32: Int32Array, bytes: number): void {
  const low = (i32[rsp]! + bytes) | 0
  if (low >>> 0 < bytes) i32[rspHigh] = i32[rspHigh]! + 1
  i32[rsp] = low
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

function leave(cpu: CpuState, { code }: Instruction): Operation | undefined {
  if (wordForms.has(code)) return undefined
  const { i32, view } = cpu
  return () => {
    const low = i32[rbp]!
    const high = i32[rbpHigh]!
    const at = quickRead(cpu, i32, low, high, 8, 12)
    if (at < 0) return -1
    i32[rbp] = view.getInt32(at, true)
    i32[rbpHigh] = view.getInt32(at + 4, true)
    i32[rsp] = low
    i32[rspHigh] = high
    advance(i32, 8)
    return 0
  }
}

/** enter without nesting; compilers never nest, and the nested form ends the run as missing. */
function enter(cpu: CpuState, { operands, code }: Instruction): Operation | undefined {
  const [size, level] = operands
  if (size?.kind !== 'immediate' || level?.kind !== 'immediate') return undefined
  if ((level.value & 31n) !== 0n || wordForms.has(code)) return undefined
  const { u64 } = cpu
  const inner = pushWord(cpu, rbp)
  const room = size.value & 0xffffn
  const canWrite = (at: bigint, bytes: number): boolean =>
    translateWrite(
      cpu,
      Number(BigInt.asIntN(32, at)),
      Number(BigInt.asIntN(32, at >> 32n)),
      bytes,
      Vector.SS,
    ) >= 0
  return () => {
    const frame = BigInt.asUintN(64, u64[4]! - 8n)
    // The final stack pointer must be writable too (Intel SDM 2A, ENTER), and that is seen before anything has changed.
    const end = BigInt.asUintN(64, frame - room)
    if (!canWrite(frame, 8) || !canWrite(end, 1)) return -1
    inner()
    u64[5] = frame
    u64[4] = end
    return 0
  }
}
