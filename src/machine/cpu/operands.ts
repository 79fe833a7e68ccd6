// SPDX-License-Identifier: MIT
/**
 * How operations reach their operands: every operand is a host address, a byte offset into the machine's memory.
 * Registers and constants have a fixed one; that of a memory operand is found when the operation runs. Typed views of that
 * memory are in `CpuState` (`i32`, `u8`, `view`, `u64`); unaligned accesses go through `view`, little-endian.
 */
import { Layout } from '../layout.ts'
import { Vector } from '../machine.ts'
import type { Instruction, MemoryOperand, Operand } from './decode/instruction.ts'
import { formOf, readAtBase, readAtIndex, writeAtBase, writeAtIndex } from './simple-address.ts'
import type { CpuState } from './state.ts'
import { translateRead, translateWrite } from './translation.ts'

/** Finds an operand: its host address, or -1 when an exception has been recorded (return `Outcome.fault`, -1, then). */
export type Locate = () => number

/** Makes operations of one instruction, or undefined for a form that the machine does not have. */
export type Compiler = (cpu: CpuState, instruction: Instruction) => (() => number) | undefined

/** Where `bytes` bytes of a register, immediate or memory operand can be read. */
export function locateForRead(cpu: CpuState, operand: Operand, bytes: number): Locate {
  switch (operand.kind) {
    case 'register': {
      const { host } = operand
      return () => host
    }
    case 'immediate': {
      const host = cpu.constant(operand.value)
      return () => host
    }
    case 'memory':
      return locateMemory(cpu, operand, bytes, false)
    default:
      throw new Error(`no place for an operand of kind ${operand.kind}`)
  }
}

/**
 * Where `bytes` bytes of a register or memory operand can be read and written. Must be the last step of an operation that
 * can fault; after writing, return `finish(cpu)`. Writing a 32-bit register: see `clearUpper`.
 */
export function locateForWrite(cpu: CpuState, operand: Operand, bytes: number): Locate {
  if (operand.kind === 'memory') return locateMemory(cpu, operand, bytes, true)
  return locateForRead(cpu, operand, bytes)
}

/** Like `locateForRead` for operands that must be aligned in memory, else #GP (Intel SDM 1 §11.4.2: SSE operands of 16 bytes). */
export function locateAligned(cpu: CpuState, operand: Operand, bytes: number, write: boolean): Locate {
  if (operand.kind !== 'memory') return locateForRead(cpu, operand, bytes)
  const address = effectiveAddress(cpu, operand)
  const { i32 } = cpu
  const word = Layout.address >>> 2
  const translate = write ? translateWrite : translateRead
  const { vector } = operand
  return () => {
    const low = address()
    if ((low & (bytes - 1)) !== 0) return cpu.raise(Vector.GP, 0)
    return translate(cpu, low, i32[word]!, bytes, vector)
  }
}

/** True where writing 4 bytes must clear the upper half of a register: write a zero word behind it then. */
export function clearsUpper(operand: Operand): boolean {
  return operand.kind === 'register' && operand.bytes === 4
}

/** The word in `i32` of a register of 4 bytes or more, or of a constant; undefined for memory and narrow registers. */
export function wordOf(cpu: CpuState, operand: Operand): number | undefined {
  if (operand.kind === 'register' && operand.bytes >= 4) return operand.host >>> 2
  if (operand.kind === 'immediate') return cpu.constant(operand.value) >>> 2
  return undefined
}

/** Bytes of an operand; an immediate has none of its own. */
export function bytesOf(operand: Operand): number {
  return operand.kind === 'register' || operand.kind === 'memory' ? operand.bytes : 0
}

function locateMemory(cpu: CpuState, operand: MemoryOperand, bytes: number, write: boolean): Locate {
  const form = formOf(operand)
  if (form === 'base') return write ? forWriteAtBase(cpu, operand, bytes) : forReadAtBase(cpu, operand, bytes)
  if (form === 'indexed')
    return write ? forWriteAtIndex(cpu, operand, bytes) : forReadAtIndex(cpu, operand, bytes)
  const address = effectiveAddress(cpu, operand)
  const { i32 } = cpu
  const word = Layout.address >>> 2
  const { vector } = operand
  const translate = write ? translateWrite : translateRead
  return () => {
    const low = address()
    return translate(cpu, low, i32[word]!, bytes, vector)
  }
}

function forReadAtBase(cpu: CpuState, operand: MemoryOperand, bytes: number): Locate {
  const { i32 } = cpu
  const { base, low, high, vector } = operand
  return () => readAtBase(cpu, i32, base, low, high, bytes, vector)
}

function forWriteAtBase(cpu: CpuState, operand: MemoryOperand, bytes: number): Locate {
  const { i32 } = cpu
  const { base, low, high, vector } = operand
  return () => writeAtBase(cpu, i32, base, low, high, bytes, vector)
}

function forReadAtIndex(cpu: CpuState, operand: MemoryOperand, bytes: number): Locate {
  const { i32 } = cpu
  const { base, index, scale, low, high, vector } = operand
  return () => readAtIndex(cpu, i32, base, index, scale, low, high, bytes, vector)
}

function forWriteAtIndex(cpu: CpuState, operand: MemoryOperand, bytes: number): Locate {
  const { i32 } = cpu
  const { base, index, scale, low, high, vector } = operand
  return () => writeAtIndex(cpu, i32, base, index, scale, low, high, bytes, vector)
}

const zeroWord = Layout.zero >>> 2

/**
 * The address of a memory operand with its segment base: returns the low half and leaves the high one in the word of
 * `Layout.address`. `lea` passes `segment: false`.
 */
export function effectiveAddress(cpu: CpuState, operand: MemoryOperand, segment = true): () => number {
  const { i32 } = cpu
  const { base, index, scale, low, high, narrow } = operand
  const segmentBase = segment ? operand.segment : zeroWord
  const word = Layout.address >>> 2
  const rest = 31 - scale
  return () => {
    const b = i32[base]!
    const x = i32[index]!
    const s = (b + (x << scale)) | 0
    const l = (s + low) | 0
    let h =
      i32[base + 1]! +
      ((i32[index + 1]! << scale) | ((x >>> 1) >>> rest)) +
      high +
      (s >>> 0 < b >>> 0 ? 1 : 0) +
      (l >>> 0 < s >>> 0 ? 1 : 0)
    if (narrow) h = 0
    const f = (l + i32[segmentBase]!) | 0
    i32[word] = h + i32[segmentBase + 1]! + (f >>> 0 < l >>> 0 ? 1 : 0)
    return f
  }
}
