// SPDX-License-Identifier: MIT
/**
 * The commonest memory operands, [base + displacement] and [base + index × scale + displacement] without a segment, in one
 * closure with what is done to them: a call for the address alone would cost as much as the rest. Everything else goes
 * through `Locate`.
 */
import type { MemoryOperand } from './decode/instruction.ts'
import { locateForRead, locateForWrite } from './operands.ts'
import type { Operation } from './operation.ts'
import { formOf, readAtBase, readAtIndex, writeAtBase, writeAtIndex } from './simple-address.ts'
import type { CpuState } from './state.ts'
import { finishAt } from './translation.ts'

type Bytes = 4 | 8

/** Loads 4 or 8 bytes into a word of `i32`; 4 clear the upper half. */
export function loadWord(cpu: CpuState, operand: MemoryOperand, bytes: Bytes, d: number): Operation {
  const { i32, view } = cpu
  const { base, index, scale, low, high, vector } = operand
  const form = formOf(operand)
  if (form === 'base' && bytes === 8)
    return () => {
      const at = readAtBase(cpu, i32, base, low, high, 8, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      i32[d + 1] = view.getInt32(at + 4, true)
      return 0
    }
  if (form === 'base')
    return () => {
      const at = readAtBase(cpu, i32, base, low, high, 4, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      i32[d + 1] = 0
      return 0
    }
  if (form === 'indexed')
    return () => {
      const at = readAtIndex(cpu, i32, base, index, scale, low, high, bytes, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      i32[d + 1] = bytes === 8 ? view.getInt32(at + 4, true) : 0
      return 0
    }
  const locate = locateForRead(cpu, operand, bytes)
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[d] = view.getInt32(at, true)
    i32[d + 1] = bytes === 8 ? view.getInt32(at + 4, true) : 0
    return 0
  }
}

/** Loads like `loadWord`, then does another operation. */
export function loadThen(
  cpu: CpuState,
  operand: MemoryOperand,
  bytes: Bytes,
  d: number,
  then: Operation,
): Operation {
  const { i32, view } = cpu
  const { base, index, scale, low, high, vector } = operand
  const form = formOf(operand)
  if (form === 'base' && bytes === 8)
    return () => {
      const at = readAtBase(cpu, i32, base, low, high, 8, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      i32[d + 1] = view.getInt32(at + 4, true)
      return then()
    }
  if (form === 'base')
    return () => {
      const at = readAtBase(cpu, i32, base, low, high, 4, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      return then()
    }
  if (form === 'indexed')
    return () => {
      const at = readAtIndex(cpu, i32, base, index, scale, low, high, bytes, vector)
      if (at < 0) return -1
      i32[d] = view.getInt32(at, true)
      if (bytes === 8) i32[d + 1] = view.getInt32(at + 4, true)
      return then()
    }
  const locate = locateForRead(cpu, operand, bytes)
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[d] = view.getInt32(at, true)
    if (bytes === 8) i32[d + 1] = view.getInt32(at + 4, true)
    return then()
  }
}

/** Stores 4 or 8 bytes from a word of `i32`. */
export function storeWord(cpu: CpuState, operand: MemoryOperand, bytes: Bytes, s: number): Operation {
  const { i32, view } = cpu
  const { base, index, scale, low, high, vector } = operand
  const form = formOf(operand)
  if (form === 'base' && bytes === 8)
    return () => {
      const at = writeAtBase(cpu, i32, base, low, high, 8, vector)
      if (at < 0) return -1
      view.setInt32(at, i32[s]!, true)
      view.setInt32(at + 4, i32[s + 1]!, true)
      return finishAt(cpu, at)
    }
  if (form === 'base')
    return () => {
      const at = writeAtBase(cpu, i32, base, low, high, 4, vector)
      if (at < 0) return -1
      view.setInt32(at, i32[s]!, true)
      return finishAt(cpu, at)
    }
  if (form === 'indexed')
    return () => {
      const at = writeAtIndex(cpu, i32, base, index, scale, low, high, bytes, vector)
      if (at < 0) return -1
      view.setInt32(at, i32[s]!, true)
      if (bytes === 8) view.setInt32(at + 4, i32[s + 1]!, true)
      return finishAt(cpu, at)
    }
  const locate = locateForWrite(cpu, operand, bytes)
  return () => {
    const at = locate()
    if (at < 0) return -1
    view.setInt32(at, i32[s]!, true)
    if (bytes === 8) view.setInt32(at + 4, i32[s + 1]!, true)
    return finishAt(cpu, at)
  }
}

/** Loads a byte, without its sign, into a word of `i32`. */
export function loadByte(cpu: CpuState, operand: MemoryOperand, d: number): Operation {
  const { i32, u8 } = cpu
  const { base, index, scale, low, high, vector } = operand
  const form = formOf(operand)
  if (form === 'base')
    return () => {
      const at = readAtBase(cpu, i32, base, low, high, 1, vector)
      if (at < 0) return -1
      i32[d] = u8[at]!
      i32[d + 1] = 0
      return 0
    }
  if (form === 'indexed')
    return () => {
      const at = readAtIndex(cpu, i32, base, index, scale, low, high, 1, vector)
      if (at < 0) return -1
      i32[d] = u8[at]!
      i32[d + 1] = 0
      return 0
    }
  const locate = locateForRead(cpu, operand, 1)
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[d] = u8[at]!
    i32[d + 1] = 0
    return 0
  }
}
