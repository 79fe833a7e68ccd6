// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import { isEqual, readFlags, writeFlags } from '../flags.ts'
import type { Family } from '../instructions/family.ts'
import { bytesOf, type Compiler, locateForRead, locateForWrite } from '../operands.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { type Descriptor, descriptorOf } from './descriptors.ts'

/** Questions about segments, answered in ZF, and about the system's tables. */
export const segmentQueries: Family = [
  [Mnemonic.Verr, verify(() => true)],
  [Mnemonic.Verw, verify(({ writable }) => writable)],
  [Mnemonic.Lar, query(({ rights }) => rights)],
  [Mnemonic.Lsl, query(({ limit }) => limit)],
  [Mnemonic.Sldt, store([0])],
  [Mnemonic.Str, store([0x40])],
  [Mnemonic.Smsw, store([0x33, 0x8005])],
  [Mnemonic.Sgdt, table(0xfffe)],
  [Mnemonic.Sidt, table(0xffff)],
]

const zeroFlag = 0x40

function setEqual(cpu: CpuState, holds: boolean): void {
  if (isEqual(cpu.flags) !== holds) writeFlags(cpu.flags, readFlags(cpu.flags) ^ zeroFlag)
}

function verify(holds: (descriptor: Descriptor) => boolean): Compiler {
  return (cpu, { operands }) => {
    const from = locateForRead(cpu, operands[0]!, 2)
    const { view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const descriptor = descriptorOf(view.getUint16(s, true))
      setEqual(cpu, descriptor !== undefined && holds(descriptor))
      return 0
    }
  }
}

/** lar and lsl leave their target as it is where ZF becomes 0. */
function query(answer: (descriptor: Descriptor) => number): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (target.kind !== 'register') return undefined
    const { host, bytes } = target
    const from = locateForRead(cpu, source, 2)
    const { view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const descriptor = descriptorOf(view.getUint16(s, true))
      setEqual(cpu, descriptor !== undefined)
      if (descriptor === undefined) return 0
      const value = answer(descriptor)
      view.setUint16(host, value & 0xffff, true)
      if (bytes > 2) {
        view.setUint16(host + 2, value >>> 16, true)
        view.setInt32(host + 4, 0, true)
      }
      return 0
    }
  }
}

/**
 * sldt, str, smsw, sgdt and sidt are not for user mode where the processor has UMIP; Linux then answers for it, always the
 * same (arch/x86/kernel/umip.c). Here they answer so at once. In memory and with a 16-bit register two bytes are written; in a wider
 * register four, or eight with REX.W.
 */
function store(words: readonly number[]): Compiler {
  return (cpu, { operands: [target] }) => {
    if (target === undefined) return undefined
    const bytes = target.kind === 'memory' ? 2 : bytesOf(target)
    const to = locateForWrite(cpu, target, bytes)
    const { view } = cpu
    return () => {
      const t = to()
      if (t < 0) return -1
      for (let n = 0; n < bytes / 2; n++) view.setUint16(t + 2 * n, words[n] ?? 0, true)
      return finish(cpu)
    }
  }
}

/** A limit of zero and a base of 0xffff_ffff_xxxx_0000. */
function table(third: number): Compiler {
  return (cpu, { operands }) => {
    const to = locateForWrite(cpu, operands[0]!, 10)
    const { view } = cpu
    return () => {
      const t = to()
      if (t < 0) return -1
      view.setInt32(t, 0, true)
      view.setUint16(t + 4, third, true)
      view.setInt32(t + 6, -1, true)
      return finish(cpu)
    }
  }
}
