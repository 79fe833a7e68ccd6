// SPDX-License-Identifier: MIT
import { Layout } from '../layout.ts'
import type { MemoryOperand } from './decode/instruction.ts'
import type { CpuState } from './state.ts'
import { quickRead, quickWrite } from './translation.ts'

const zeroWord = Layout.zero >>> 2

/** Whether a memory operand has the form of the four functions below, which are meant to be inlined into operations. */
export function formOf(operand: MemoryOperand): 'base' | 'indexed' | 'other' {
  if (operand.segment !== zeroWord || operand.narrow) return 'other'
  return operand.index === zeroWord ? 'base' : 'indexed'
}

export function readAtBase(
  cpu: CpuState,
  i32: Int32Array,
  base: number,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const b = i32[base]!
  const l = (b + low) | 0
  return quickRead(cpu, i32, l, (i32[base + 1]! + high + (l >>> 0 < b >>> 0 ? 1 : 0)) | 0, bytes, vector)
}

export function writeAtBase(
  cpu: CpuState,
  i32: Int32Array,
  base: number,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const b = i32[base]!
  const l = (b + low) | 0
  return quickWrite(cpu, i32, l, (i32[base + 1]! + high + (l >>> 0 < b >>> 0 ? 1 : 0)) | 0, bytes, vector)
}

export function readAtIndex(
  cpu: CpuState,
  i32: Int32Array,
  base: number,
  index: number,
  scale: number,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const b = i32[base]!
  const x = i32[index]!
  const s = (b + (x << scale)) | 0
  const l = (s + low) | 0
  const h = (i32[base + 1]! + ((i32[index + 1]! << scale) | ((x >>> 1) >>> (31 - scale))) + high) | 0
  const carries = (s >>> 0 < b >>> 0 ? 1 : 0) + (l >>> 0 < s >>> 0 ? 1 : 0)
  return quickRead(cpu, i32, l, (h + carries) | 0, bytes, vector)
}

export function writeAtIndex(
  cpu: CpuState,
  i32: Int32Array,
  base: number,
  index: number,
  scale: number,
  low: number,
  high: number,
  bytes: number,
  vector: number,
): number {
  const b = i32[base]!
  const x = i32[index]!
  const s = (b + (x << scale)) | 0
  const l = (s + low) | 0
  const h = (i32[base + 1]! + ((i32[index + 1]! << scale) | ((x >>> 1) >>> (31 - scale))) + high) | 0
  const carries = (s >>> 0 < b >>> 0 ? 1 : 0) + (l >>> 0 < s >>> 0 ? 1 : 0)
  return quickWrite(cpu, i32, l, (h + carries) | 0, bytes, vector)
}
