// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../../decode/instruction.ts'
import { writeFlags } from '../../flags.ts'
import type { Family } from '../../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../../operands.ts'
import { isXmm } from '../packed.ts'

/** SSE4: the Castagnoli checksum, and a test of all bits at once. */
export const checksum: Family = [
  [Mnemonic.Crc32, addToChecksum],
  [Mnemonic.Ptest, testAll],
]

/** The remainders of all bytes by the polynomial 0x11edc6f41, bits reversed. */
const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let n = 0; n < 8; n++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f6_3b78 : 0)
  return remainder
})

function addToChecksum(...[cpu, { operands }]: Parameters<Compiler>): ReturnType<Compiler> {
  const [target, source] = operands as [Operand, Operand]
  if (target.kind !== 'register' || (source.kind !== 'register' && source.kind !== 'memory')) return undefined
  const { bytes } = source
  const t = target.host >>> 2
  const from = locateForRead(cpu, source, bytes)
  const { i32, u8 } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    let sum = i32[t]!
    for (let n = 0; n < bytes; n++) sum = (sum >>> 8) ^ remainders[(sum ^ u8[s + n]!) & 255]!
    i32[t] = sum
    i32[t + 1] = 0
    return 0
  }
}

/** ZF: no common bit. CF: no bit of the source outside of the target. */
function testAll(...[cpu, { operands }]: Parameters<Compiler>): ReturnType<Compiler> {
  const [target, source] = operands as [Operand, Operand]
  if (!isXmm(target)) return undefined
  const t = target.host >>> 2
  const from = locateAligned(cpu, source, 16, false)
  const { i32, flags } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    let common = 0
    let outside = 0
    for (let n = 0; n < 4; n++) {
      const bits = i32[(s >>> 2) + n]!
      common |= i32[t + n]! & bits
      outside |= ~i32[t + n]! & bits
    }
    writeFlags(flags, (common === 0 ? 0x40 : 0) | (outside === 0 ? 1 : 0))
    return 0
  }
}
