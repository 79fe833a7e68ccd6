// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { bytesOf, type Compiler, locateForRead, locateForWrite, wordOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import type { Family } from './family.ts'
import { narrowShifts, type Shift, shifts32, shifts64 } from './shift-kernels.ts'

type Name = keyof typeof shifts64

const a = Layout.scratchA >>> 2
const rcx = 8

/** shl shr sar rol ror rcl rcr shld shrd. */
export const shifts: Family = [
  [Mnemonic.Shl, shift('shl')],
  [Mnemonic.Sal, shift('shl')],
  [Mnemonic.Shr, shift('shr')],
  [Mnemonic.Sar, shift('sar')],
  [Mnemonic.Rol, shift('rol')],
  [Mnemonic.Ror, shift('ror')],
  [Mnemonic.Rcl, shift('rcl')],
  [Mnemonic.Rcr, shift('rcr')],
  [Mnemonic.Shld, double(true)],
  [Mnemonic.Shrd, double(false)],
]

/** The count is taken modulo 64 or 32 (Intel SDM 2B, SAL); with 0 nothing changes, but a 32-bit register is still written. */
function shift(name: Name): Compiler {
  return (cpu, { operands }) => {
    const [target, count] = operands as [Operand, Operand]
    const bytes = bytesOf(target)
    const mask = bytes === 8 ? 63 : 31
    const d = wordOf(cpu, target)
    const fixed = count.kind === 'immediate' ? Number(count.value & BigInt(mask)) : undefined
    if (d === undefined || bytes < 4) return shiftElsewhere(cpu, name, target, bytes, fixed)
    const kernel: Shift = (bytes === 8 ? shifts64 : shifts32)[name]
    if (fixed !== undefined && fixed !== 0) {
      const quick = bytes === 8 ? fixed64(cpu, name, d, fixed) : undefined
      return quick ?? shiftBy(cpu, kernel, d, fixed)
    }
    if (fixed === 0) return bytes === 8 ? () => 0 : clearUpper(cpu, d)
    return shiftByCl(cpu, kernel, d, mask, bytes === 4)
  }
}

function shiftBy({ i32, flags }: CpuState, kernel: Shift, d: number, count: number): Operation {
  return () => {
    kernel(i32, flags, d, count)
    return 0
  }
}

function shiftByCl(
  { i32, u8, flags }: CpuState,
  kernel: Shift,
  d: number,
  mask: number,
  clears: boolean,
): Operation {
  return () => {
    const count = u8[rcx]! & mask
    if (count !== 0) kernel(i32, flags, d, count)
    if (clears) i32[d + 1] = 0
    return 0
  }
}

function clearUpper({ i32 }: CpuState, d: number): Operation {
  return () => {
    i32[d + 1] = 0
    return 0
  }
}

/** The shifts that compilers use most, by a known count of a 64-bit register. */
function fixed64({ i32, flags }: CpuState, name: Name, d: number, count: number): Operation | undefined {
  if (count >= 32) return undefined
  const rest = 32 - count
  switch (name) {
    case 'shl':
      return () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const low = al << count
        const high = (ah << count) | (al >>> rest)
        i32[d] = low
        i32[d + 1] = high
        flags[0] = low
        flags[1] = high
        const carry = (ah >>> rest) & 1
        // OF is CF ^ the sign of the result, so the bit below CF is that sign.
        flags[2] = (carry << 31) | ((high >>> 31) << 30)
        flags[3] = 0
        return 0
      }
    case 'shr':
      return () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const low = (al >>> count) | (ah << rest)
        const high = ah >>> count
        i32[d] = low
        i32[d + 1] = high
        flags[0] = low
        flags[1] = high
        const carry = (al >>> (count - 1)) & 1
        flags[2] = (carry << 31) | ((carry ^ (ah >>> 31)) << 30)
        flags[3] = 0
        return 0
      }
    case 'sar':
      return () => {
        const al = i32[d]!
        const ah = i32[d + 1]!
        const low = (al >>> count) | (ah << rest)
        const high = ah >> count
        i32[d] = low
        i32[d + 1] = high
        flags[0] = low
        flags[1] = high
        const carry = (al >>> (count - 1)) & 1
        flags[2] = (carry << 31) | (carry << 30)
        flags[3] = 0
        return 0
      }
    default:
      return undefined
  }
}

/** Memory and narrow registers: through the scratch word, sign-extended as the narrow kernels want it. */
function shiftElsewhere(
  cpu: CpuState,
  name: Name,
  target: Operand,
  bytes: number,
  fixed: number | undefined,
): Operation {
  const { i32, u8, view, flags } = cpu
  const locate = locateForWrite(cpu, target, bytes)
  const wide: Shift = (bytes === 8 ? shifts64 : shifts32)[name]
  const narrow = narrowShifts[name]
  const mask = bytes === 8 ? 63 : 31
  return () => {
    const at = locate()
    if (at < 0) return -1
    const count = fixed ?? u8[rcx]! & mask
    if (count === 0) return finish(cpu)
    switch (bytes) {
      case 1:
        view.setInt8(at, narrow(flags, view.getInt8(at), count, 8))
        break
      case 2:
        view.setInt16(at, narrow(flags, view.getInt16(at, true), count, 16), true)
        break
      case 4:
        i32[a] = view.getInt32(at, true)
        wide(i32, flags, a, count)
        view.setInt32(at, i32[a]!, true)
        break
      default:
        i32[a] = view.getInt32(at, true)
        i32[a + 1] = view.getInt32(at + 4, true)
        wide(i32, flags, a, count)
        view.setInt32(at, i32[a]!, true)
        view.setInt32(at + 4, i32[a + 1]!, true)
    }
    return finish(cpu)
  }
}

/**
 * shld and shrd. A count above 16 is undefined for 16-bit operands (Intel SDM 2B, SHLD): the filler goes in twice and CF is
 * clear, as recorded from a processor.
 */
function double(left: boolean): Compiler {
  return (cpu, { operands }: Instruction) => {
    const [target, source, count] = operands as [Operand, Operand, Operand]
    const bytes = bytesOf(target)
    const width = bytes * 8
    const bits = BigInt(width)
    const { u64, u8, view, flags } = cpu
    const locate = locateForWrite(cpu, target, bytes)
    const filler = locateForRead(cpu, source, bytes)()
    const fixed = count.kind === 'immediate' ? Number(count.value & 0xffn) : undefined
    const most = bytes === 8 ? 63 : 31
    const clears = target.kind === 'register' && bytes === 4
    const scratch = Layout.scratchA >>> 3
    const mask = (1n << bits) - 1n
    return () => {
      const at = locate()
      if (at < 0) return -1
      const by = (fixed ?? u8[rcx]!) & most
      if (by !== 0) {
        u64[scratch] = 0n
        u8.copyWithin(Layout.scratchA, at, at + bytes)
        const value = u64[scratch]!
        u64[scratch] = 0n
        u8.copyWithin(Layout.scratchA, filler, filler + bytes)
        const fill = u64[scratch]!
        const n = BigInt(by)
        // The filler twice, for counts above 16.
        const row = left
          ? (value << (2n * bits)) | (fill << bits) | fill
          : (fill << (2n * bits)) | (fill << bits) | value
        const result = (row >> (left ? 2n * bits - n : n)) & mask
        const carry = n > bits ? 0n : (row >> (left ? 3n * bits - n : n - 1n)) & 1n
        u64[scratch] = result
        u8.copyWithin(at, Layout.scratchA, Layout.scratchA + bytes)
        const signed = BigInt.asIntN(width, result)
        const changed = Number(((result ^ value) >> (bits - 1n)) & 1n)
        flags[0] = Number(BigInt.asIntN(32, signed))
        flags[1] = bytes === 8 ? Number(signed >> 32n) : flags[0]!
        flags[2] = (Number(carry) << 31) | ((Number(carry) ^ changed) << 30)
        flags[3] = 0
      }
      if (clears) view.setInt32(at + 4, 0, true)
      return finish(cpu)
    }
  }
}
