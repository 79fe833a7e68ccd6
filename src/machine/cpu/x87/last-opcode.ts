// SPDX-License-Identifier: MIT
import { Vector } from '../../machine.ts'
import type { CpuState } from '../state.ts'
import { translateRead } from '../translation.ts'
import { instructionPointer } from './status.ts'

/** Prefixes that may stand before an x87 opcode: sizes, segments, repeats, lock and REX. */
function isPrefix(byte: number): boolean {
  return (
    (byte & 0xf0) === 0x40 ||
    (byte & 0xe7) === 0x26 ||
    (byte >= 0x64 && byte <= 0x67) ||
    byte === 0xf0 ||
    byte === 0xf2 ||
    byte === 0xf3
  )
}

/** One byte, so that it is never misaligned; or -1. */
function byteAt(cpu: CpuState, low: number, high: number): number {
  const at = translateRead(cpu, low, high, 1, Vector.GP)
  return at < 0 ? -1 : cpu.u8[at]!
}

/**
 * Eleven bits of the last x87 instruction (Intel SDM 1 §8.1.9), read where it stands: so that not every instruction has to note
 * them. 0 when it is gone.
 */
export function lastOpcode(cpu: CpuState): number {
  const { i32 } = cpu
  const low = i32[instructionPointer]!
  const high = i32[instructionPointer + 1]!
  if ((low | high) === 0) return 0
  for (let n = 0; n < 14; n++) {
    const first = (low + n) | 0
    const byte = byteAt(cpu, first, first >>> 0 < low >>> 0 ? high + 1 : high)
    if (byte < 0) return 0
    if (isPrefix(byte)) continue
    const second = (first + 1) | 0
    const modrm = byteAt(cpu, second, second >>> 0 < low >>> 0 ? high + 1 : high)
    return modrm < 0 ? 0 : ((byte & 7) << 8) | modrm
  }
  return 0
}
