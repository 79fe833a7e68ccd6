// SPDX-License-Identifier: MIT
import type { MemoryOperand } from '../decode/instruction.ts'
import { locateForRead } from '../operands.ts'
import type { CpuState } from '../state.ts'

/**
 * Reads a far pointer: its offset into the word pair `to`, its selector as the result, or -1. The two are accesses of their own.
 * Offsets have two or four bytes, with REX.W too: these processors have no others (AMD APM 3, JMP Far).
 */
export function readFarPointer(cpu: CpuState, pointer: MemoryOperand, to: Int32Array): () => number {
  const offsetBytes = pointer.bytes - 2
  const low = (pointer.low + offsetBytes) | 0
  const high = (pointer.high + (low >>> 0 < offsetBytes ? 1 : 0)) | 0
  const offset = locateForRead(cpu, pointer, offsetBytes)
  const selector = locateForRead(cpu, { ...pointer, low, high }, 2)
  const { view } = cpu
  return () => {
    const at = offset()
    if (at < 0) return -1
    to[0] = offsetBytes === 2 ? view.getUint16(at, true) : view.getInt32(at, true)
    const s = selector()
    return s < 0 ? -1 : view.getUint16(s, true)
  }
}
