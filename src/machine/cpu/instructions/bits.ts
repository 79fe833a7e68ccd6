// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, MemoryOperand, Operand } from '../decode/instruction.ts'
import { setCarryOverflow, setResult } from '../flags.ts'
import {
  bytesOf,
  type Compiler,
  effectiveAddress,
  locateForRead,
  locateForWrite,
  wordOf,
} from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateRead, translateWrite } from '../translation.ts'
import type { Family } from './family.ts'

const addressHigh = Layout.address >>> 2

/** Bit tests, scans and counts. */
export const bits: Family = [
  [Mnemonic.Bt, bitTest('test')],
  [Mnemonic.Bts, bitTest('set')],
  [Mnemonic.Btr, bitTest('reset')],
  [Mnemonic.Btc, bitTest('complement')],
  [Mnemonic.Bsf, (cpu, instruction) => scan(cpu, instruction, true)],
  [Mnemonic.Bsr, (cpu, instruction) => scan(cpu, instruction, false)],
  [Mnemonic.Popcnt, populationCount],
]

type Change = 'test' | 'set' | 'reset' | 'complement'

/** CF is the bit; ZF stays, and so do the others, which are undefined. */
function bitTest(change: Change): Compiler {
  return (cpu, { operands }) => {
    const [target, index] = operands as [Operand, Operand]
    const bytes = bytesOf(target)
    if (target.kind === 'memory' && index.kind === 'register')
      return bitString(cpu, change, target, index.host, bytes)
    const position = locateForRead(cpu, index, 1)()
    const locate = change === 'test' ? locateForRead(cpu, target, bytes) : locateForWrite(cpu, target, bytes)
    const { u8, flags, view } = cpu
    const mask = bytes * 8 - 1
    const clears = target.kind === 'register' && bytes === 4 && change !== 'test'
    return () => {
      const at = locate()
      if (at < 0) return -1
      const bit = u8[position]! & mask
      changeBit(u8, flags, at + (bit >> 3), bit & 7, change)
      if (clears) view.setInt32(at + 4, 0, true)
      return finish(cpu)
    }
  }
}

/** A register as the index of a bit in memory reaches as far as it can count (Intel SDM 2A, BT). */
function bitString(
  cpu: CpuState,
  change: Change,
  target: MemoryOperand,
  index: number,
  bytes: number,
): Operation {
  const { i32, u8, view, flags } = cpu
  const address = effectiveAddress(cpu, target)
  const translate = change === 'test' ? translateRead : translateWrite
  const size = BigInt(bytes)
  const shift = BigInt(Math.log2(bytes * 8))
  const mask = bytes * 8 - 1
  const { vector } = target
  return () => {
    const bit =
      bytes === 8
        ? view.getBigInt64(index, true)
        : BigInt(bytes === 4 ? view.getInt32(index, true) : view.getInt16(index, true))
    const low = address()
    const base = (BigInt(i32[addressHigh]!) << 32n) | BigInt(low >>> 0)
    const place = base + (bit >> shift) * size
    const at = translate(
      cpu,
      Number(BigInt.asIntN(32, place)),
      Number(BigInt.asIntN(32, place >> 32n)),
      bytes,
      vector,
    )
    if (at < 0) return -1
    const inside = Number(BigInt.asIntN(32, bit)) & mask
    changeBit(u8, flags, at + (inside >> 3), inside & 7, change)
    return finish(cpu)
  }
}

function changeBit(u8: Uint8Array, flags: Int32Array, at: number, bit: number, change: Change): void {
  const byte = u8[at]!
  if (change === 'set') u8[at] = byte | (1 << bit)
  else if (change === 'reset') u8[at] = byte & ~(1 << bit)
  else if (change === 'complement') u8[at] = byte ^ (1 << bit)
  const carries = flags[2]!
  setCarryOverflow(flags, (byte >> bit) & 1, ((carries >>> 31) ^ (carries >>> 30)) & 1)
}

/** With a source of zero the destination keeps its value (as processors do; Intel SDM 2A leaves it undefined), and ZF is set. */
function scan(cpu: CpuState, { operands }: Instruction, forward: boolean): Operation {
  const [target, source] = operands as [Operand, Operand]
  const bytes = bytesOf(target)
  const locate = locateForRead(cpu, source, bytes)
  const { i32, view, flags } = cpu
  const d = wordOf(cpu, target)
  const host = d === undefined ? locateForWrite(cpu, target, 2)() : 0
  return () => {
    const at = locate()
    if (at < 0) return -1
    const low = bytes === 2 ? view.getUint16(at, true) : view.getInt32(at, true)
    const high = bytes === 8 ? view.getInt32(at + 4, true) : 0
    if ((low | high) === 0) {
      setResult(flags, 0, 0, 0)
      return 0
    }
    const bit = forward
      ? low !== 0
        ? 31 - Math.clz32(low & -low)
        : 63 - Math.clz32(high & -high)
      : high !== 0
        ? 63 - Math.clz32(high)
        : 31 - Math.clz32(low)
    if (d === undefined) view.setInt16(host, bit, true)
    else {
      i32[d] = bit
      i32[d + 1] = 0
    }
    // Only ZF is defined: it is clear because the source is not zero.
    setResult(flags, 1, 0, 0)
    return 0
  }
}

/** Done whatever cpuid says, like a processor whose cpuid has been restricted. */
function populationCount(cpu: CpuState, { operands }: Instruction): Operation {
  const [target, source] = operands as [Operand, Operand]
  const bytes = bytesOf(target)
  const locate = locateForRead(cpu, source, bytes)
  const { i32, view, flags } = cpu
  const d = wordOf(cpu, target)
  const host = d === undefined ? locateForWrite(cpu, target, 2)() : 0
  return () => {
    const at = locate()
    if (at < 0) return -1
    const low = bytes === 2 ? view.getUint16(at, true) : view.getInt32(at, true)
    const ones = countOnes(low) + (bytes === 8 ? countOnes(view.getInt32(at + 4, true)) : 0)
    if (d === undefined) view.setInt16(host, ones, true)
    else {
      i32[d] = ones
      i32[d + 1] = 0
    }
    // All flags but ZF are cleared (Intel SDM 2B, POPCNT), PF too: hence the inversion for an even number of ones.
    setResult(flags, ones === 0 ? 0 : 1, 0, 0)
    if (ones === 0) flags[3] = 4
    return 0
  }
}

function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
