// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { type LazyFlags, setResult } from '../flags.ts'
import { bytesOf, locateForRead, locateForWrite, wordOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import type { Family } from './family.ts'

const a = Layout.scratchA >>> 3
const overflowed = 0x8000_0000

/** mul and imul. CF and OF say that the upper half matters; the other flags are undefined (see `flags.ts`). */
export const multiply: Family = [
  [Mnemonic.Mul, (cpu, instruction) => wideProduct(cpu, instruction, false)],
  [
    Mnemonic.Imul,
    (cpu, instruction) =>
      instruction.operands.length === 1 ? wideProduct(cpu, instruction, true) : product(cpu, instruction),
  ],
]

/** rdx:rax = rax × operand, and the narrower forms. */
function wideProduct(cpu: CpuState, { operands }: Instruction, signed: boolean): Operation {
  const [operand] = operands as [Operand]
  const bytes = bytesOf(operand)
  const locate = locateForRead(cpu, operand, bytes)
  const { i32, view, u64, flags } = cpu
  switch (bytes) {
    case 1:
      return () => {
        const at = locate()
        if (at < 0) return -1
        const value = signed ? view.getInt8(0) * view.getInt8(at) : view.getUint8(0) * view.getUint8(at)
        view.setInt16(0, value, true)
        const low = (value << 24) >> 24
        setProduct(flags, low, low, signed ? value !== low : value > 0xff)
        return 0
      }
    case 2:
      return () => {
        const at = locate()
        if (at < 0) return -1
        const value = signed
          ? view.getInt16(0, true) * view.getInt16(at, true)
          : view.getUint16(0, true) * view.getUint16(at, true)
        view.setInt16(0, value, true)
        view.setInt16(16, value >>> 16, true)
        const low = (value << 16) >> 16
        setProduct(flags, low, low, signed ? value !== low : value > 0xffff)
        return 0
      }
    case 4:
      return () => {
        const at = locate()
        if (at < 0) return -1
        const x = i32[0]!
        const y = view.getInt32(at, true)
        const low = Math.imul(x, y)
        const high = signed ? highSigned(x, y) : highUnsigned(x, y)
        i32[0] = low
        i32[1] = 0
        i32[4] = high
        i32[5] = 0
        setProduct(flags, low, low, high !== (signed ? low >> 31 : 0))
        return 0
      }
    default:
      return () => {
        const at = locate()
        if (at < 0) return -1
        const y = view.getBigUint64(at, true)
        const value = signed ? BigInt.asIntN(64, u64[0]!) * BigInt.asIntN(64, y) : u64[0]! * y
        u64[0] = value
        u64[2] = value >> 64n
        const high = i32[1]! >> 31
        const fits = signed ? i32[4] === high && i32[5] === high : (i32[4]! | i32[5]!) === 0
        setProduct(flags, i32[0]!, i32[1]!, !fits)
        return 0
      }
  }
}

/** imul with a destination register of its own: two or three operands. */
function product(cpu: CpuState, { operands }: Instruction): Operation {
  const target = operands[0]!
  const [first, second] = (operands.length === 3 ? operands.slice(1) : operands) as [Operand, Operand]
  const bytes = bytesOf(target)
  const one = locateForRead(cpu, first, bytes)
  const other = locateForRead(cpu, second, bytes)
  const { i32, view, flags } = cpu
  const d = wordOf(cpu, target)
  if (d === undefined) {
    const host = locateForWrite(cpu, target, 2)()
    return () => {
      const x = one()
      const y = other()
      if (x < 0 || y < 0) return -1
      const value = view.getInt16(x, true) * view.getInt16(y, true)
      const low = (value << 16) >> 16
      view.setInt16(host, low, true)
      setProduct(flags, low, low, value !== low)
      return 0
    }
  }
  if (bytes === 4)
    return () => {
      const x = one()
      const y = other()
      if (x < 0 || y < 0) return -1
      const xv = view.getInt32(x, true)
      const yv = view.getInt32(y, true)
      const low = Math.imul(xv, yv)
      i32[d] = low
      i32[d + 1] = 0
      setProduct(flags, low, low, highSigned(xv, yv) !== low >> 31)
      return 0
    }
  return product64(cpu, d, one, other)
}

function product64(cpu: CpuState, d: number, one: () => number, other: () => number): Operation {
  const { i32, view, u64, flags } = cpu
  return () => {
    const x = one()
    const y = other()
    if (x < 0 || y < 0) return -1
    const xl = view.getInt32(x, true)
    const xh = view.getInt32(x + 4, true)
    const yl = view.getInt32(y, true)
    const yh = view.getInt32(y + 4, true)
    const low = Math.imul(xl, yl)
    const high = (highUnsigned(xl, yl) + Math.imul(xl, yh) + Math.imul(xh, yl)) | 0
    let over = false
    // Two factors of 32 bits cannot leave 64.
    if (xh !== xl >> 31 || yh !== yl >> 31) {
      u64[a] = (view.getBigInt64(x, true) * view.getBigInt64(y, true)) >> 64n
      over = i32[a * 2] !== high >> 31 || i32[a * 2 + 1] !== high >> 31
    }
    i32[d] = low
    i32[d + 1] = high
    setProduct(flags, low, high, over)
    return 0
  }
}

function setProduct(flags: LazyFlags, low: number, high: number, overflow: boolean): void {
  // CF and OF are the same: the bit below CF is clear.
  setResult(flags, low, high, overflow ? overflowed : 0)
}

/** The upper 32 bits of the product of two unsigned words. */
export function highUnsigned(x: number, y: number): number {
  const xl = x & 0xffff
  const xh = x >>> 16
  const yl = y & 0xffff
  const yh = y >>> 16
  const middle = xh * yl + ((xl * yl) >>> 16)
  const other = xl * yh + (middle & 0xffff)
  return (xh * yh + Math.floor(middle / 0x1_0000) + Math.floor(other / 0x1_0000)) | 0
}

function highSigned(x: number, y: number): number {
  return (highUnsigned(x, y) - (x < 0 ? y : 0) - (y < 0 ? x : 0)) | 0
}
