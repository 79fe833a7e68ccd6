// SPDX-License-Identifier: MIT
import { Code, Mnemonic } from 'iced-x86'
import { Extended, Layout } from '../../../layout.ts'
import type { Operand } from '../../decode/instruction.ts'
import { writeFlags } from '../../flags.ts'
import type { Family } from '../../instructions/family.ts'
import { type Compiler, locateForRead } from '../../operands.ts'
import type { CpuState } from '../../state.ts'
import { isXmm } from '../packed.ts'
import { compareStrings } from './compare-strings.ts'

/** SSE4.2: comparisons of strings of up to 16 bytes or 8 words, with explicit lengths or ended by zero. */
export const strings42: Family = [
  [Mnemonic.Pcmpestri, compare(true, true)],
  [Mnemonic.Pcmpestri64, compare(true, true)],
  [Mnemonic.Pcmpestrm, compare(true, false)],
  [Mnemonic.Pcmpestrm64, compare(true, false)],
  [Mnemonic.Pcmpistri, compare(false, true)],
  [Mnemonic.Pcmpistrm, compare(false, false)],
]

const carry = 1
const zero = 0x40
const sign = 0x80
const overflow = 0x800
const xmm0 = Layout.extended + Extended.xmm
const rcx = 2
const rdx = 4

function compare(explicit: boolean, toIndex: boolean): Compiler {
  return (cpu, { operands, code }) => {
    const [first, second, immediate] = operands as [Operand, Operand, Operand]
    if (!isXmm(first) || immediate.kind !== 'immediate') return undefined
    const control = Number(immediate.value & 0x7fn)
    const wide = code === Code.Pcmpestri64_xmm_xmmm128_imm8 || code === Code.Pcmpestrm64_xmm_xmmm128_imm8
    const a = first.host
    const from = locateForRead(cpu, second, 16)
    const count = (control & 1) === 0 ? 16 : 8
    const { i32, flags } = cpu
    return () => {
      const b = from()
      if (b < 0) return -1
      const lengthA = explicit ? lengthIn(i32, 0, wide, count) : lengthOf(cpu, a, count)
      const lengthB = explicit ? lengthIn(i32, rdx, wide, count) : lengthOf(cpu, b, count)
      const result = compareStrings(cpu, a, b, lengthA, lengthB, control)
      writeFlags(
        flags,
        (result === 0 ? 0 : carry) |
          (lengthB < count ? zero : 0) |
          (lengthA < count ? sign : 0) |
          ((result & 1) === 0 ? 0 : overflow),
      )
      if (toIndex) {
        i32[rcx] = indexOf(result, count, (control & 0x40) !== 0)
        i32[rcx + 1] = 0
      } else writeMask(cpu, result, count, (control & 0x40) !== 0)
      return 0
    }
  }
}

/** The magnitude of a general register, at most `count`. */
function lengthIn(i32: Int32Array, register: number, wide: boolean, count: number): number {
  const low = i32[register]!
  const high = wide ? i32[register + 1]! : low >> 31
  const length = Math.abs(high * 0x1_0000_0000 + (low >>> 0))
  return Math.min(length, count)
}

/** Up to the first zero. */
function lengthOf({ view }: CpuState, at: number, count: number): number {
  for (let n = 0; n < count; n++)
    if ((count === 16 ? view.getUint8(at + n) : view.getUint16(at + 2 * n, true)) === 0) return n
  return count
}

/** The lowest or highest bit that is set, or `count`. */
function indexOf(result: number, count: number, highest: boolean): number {
  if (result === 0) return count
  return 31 - Math.clz32(highest ? result : result & -result)
}

/** Bits as they are, or spread over lanes. */
function writeMask({ u8 }: CpuState, result: number, count: number, spread: boolean): void {
  u8.fill(0, xmm0, xmm0 + 16)
  if (!spread) {
    u8[xmm0] = result
    u8[xmm0 + 1] = result >> 8
    return
  }
  const bytes = 16 / count
  for (let n = 0; n < count; n++)
    if ((result & (1 << n)) !== 0) u8.fill(255, xmm0 + n * bytes, xmm0 + (n + 1) * bytes)
}
