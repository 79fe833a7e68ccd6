// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { readFlags, writeFlags } from '../flags.ts'
import { bytesOf, clearsUpper, locateAligned, locateForRead, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { wide32, wide64 } from './arithmetic-kernels.ts'
import { narrowKernels } from './arithmetic-narrow.ts'
import type { Family } from './family.ts'

const a = Layout.scratchA >>> 2
const b = Layout.scratchB >>> 2
const zeroFlag = 0x40

/** cmpxchg, cmpxchg8b, cmpxchg16b, xadd. Only one thread runs at a time, so a lock prefix asks for nothing. */
export const exchanges: Family = [
  [Mnemonic.Cmpxchg, compareExchange],
  [Mnemonic.Cmpxchg8b, (cpu, instruction) => compareExchangePair(cpu, instruction, 4)],
  [Mnemonic.Cmpxchg16b, (cpu, instruction) => compareExchangePair(cpu, instruction, 8)],
  [Mnemonic.Xadd, exchangeAdd],
]

function compareExchange(cpu: CpuState, { operands }: Instruction): Operation {
  const [target, source] = operands as [Operand, Operand]
  const bytes = bytesOf(target)
  const { i32, u8, flags } = cpu
  const locate = locateForWrite(cpu, target, bytes)
  const host = locateForRead(cpu, source, bytes)()
  const compare = kernel(cpu, 'cmp', bytes)
  const clears = clearsUpper(target)
  return () => {
    const at = locate()
    if (at < 0) return -1
    load(cpu, a, 0, bytes)
    load(cpu, b, at, bytes)
    compare()
    if ((flags[0]! | flags[1]!) === 0) {
      u8.copyWithin(at, host, host + bytes)
      if (clears) i32[(at >>> 2) + 1] = 0
    } else {
      // The destination is written back with its own value, so a register loses its upper half in both cases.
      u8.copyWithin(0, at, at + bytes)
      if (bytes === 4) i32[1] = 0
    }
    return finish(cpu)
  }
}

/** cmpxchg8b and cmpxchg16b; the latter wants its operand aligned, else #GP (Intel SDM 2A). */
function compareExchangePair(cpu: CpuState, { operands }: Instruction, half: 4 | 8): Operation {
  const { u8, flags, i32 } = cpu
  const [target] = operands as [Operand]
  const locate = half === 8 ? locateAligned(cpu, target, 16, true) : locateForWrite(cpu, target, 8)
  return () => {
    const at = locate()
    if (at < 0) return -1
    let same = true
    for (let n = 0; n < half; n++) same &&= u8[at + n] === u8[n] && u8[at + half + n] === u8[16 + n]
    if (same) {
      u8.copyWithin(at, 24, 24 + half)
      u8.copyWithin(at + half, 8, 8 + half)
    } else {
      u8.copyWithin(0, at, at + half)
      u8.copyWithin(16, at + half, at + 2 * half)
      if (half === 4) i32[1] = i32[5] = 0
    }
    writeFlags(flags, (readFlags(flags) & ~zeroFlag) | (same ? zeroFlag : 0))
    return finish(cpu)
  }
}

function exchangeAdd(cpu: CpuState, { operands }: Instruction): Operation {
  const [target, source] = operands as [Operand, Operand]
  const bytes = bytesOf(target)
  const { i32, u8, view } = cpu
  const locate = locateForWrite(cpu, target, bytes)
  const host = locateForRead(cpu, source, bytes)()
  const add = kernel(cpu, 'add', bytes)
  const clears = clearsUpper(target)
  return () => {
    const at = locate()
    if (at < 0) return -1
    load(cpu, a, at, bytes)
    load(cpu, b, host, bytes)
    u8.copyWithin(host, at, at + bytes)
    if (bytes === 4) i32[(host >>> 2) + 1] = 0
    add()
    // Last, so that xadd of a register with itself leaves the sum.
    u8.copyWithin(at, Layout.scratchA, Layout.scratchA + bytes)
    if (clears) view.setInt32(at + 4, 0, true)
    return finish(cpu)
  }
}

function kernel(cpu: CpuState, name: 'add' | 'cmp', bytes: number): Operation {
  if (bytes === 8) return wide64[name](cpu, a, b)
  return bytes === 4 ? wide32[name](cpu, a, b) : narrowKernels[name](cpu, a, b, 32 - 8 * bytes)
}

function load({ i32, view }: CpuState, word: number, at: number, bytes: number): void {
  if (bytes === 1) i32[word] = view.getInt8(at)
  else if (bytes === 2) i32[word] = view.getInt16(at, true)
  else i32[word] = view.getInt32(at, true)
  if (bytes === 8) i32[word + 1] = view.getInt32(at + 4, true)
}
