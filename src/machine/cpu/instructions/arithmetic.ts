// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { loadThen } from '../memory-words.ts'
import { bytesOf, type Compiler, locateForRead, locateForWrite, wordOf } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish } from '../translation.ts'
import { wide32, wide64 } from './arithmetic-kernels.ts'
import { narrowKernels } from './arithmetic-narrow.ts'
import type { Family } from './family.ts'

/**
 * An arithmetic operation on two words of `i32`: destination and source. Memory operands are brought to a scratch word, so a
 * kernel serves every form of its instruction.
 */
export type Kernel = (cpu: CpuState, destination: number, source: number) => Operation
/** For operands of 8 and 16 bits, sign-extended in their words; `shift` is 32 less the bits of the operand. */
export type NarrowKernel = (cpu: CpuState, destination: number, source: number, shift: number) => Operation

type Name = keyof typeof wide64

const comparing = new Set<Name>(['cmp', 'test'])
const a = Layout.scratchA >>> 2
const b = Layout.scratchB >>> 2

/** add adc sub sbb cmp and or xor test, and inc dec neg not as kernels without a source. */
export const arithmetic: Family = [
  [Mnemonic.Add, binary('add')],
  [Mnemonic.Adc, binary('adc')],
  [Mnemonic.Sub, binary('sub')],
  [Mnemonic.Sbb, binary('sbb')],
  [Mnemonic.Cmp, binary('cmp')],
  [Mnemonic.And, binary('and')],
  [Mnemonic.Or, binary('or')],
  [Mnemonic.Xor, binary('xor')],
  [Mnemonic.Test, binary('test')],
  [Mnemonic.Inc, binary('inc')],
  [Mnemonic.Dec, binary('dec')],
  [Mnemonic.Neg, binary('neg')],
  [Mnemonic.Not, binary('not')],
]

function binary(name: Name): Compiler {
  return (cpu, instruction) => {
    const [destination, source = destination] = instruction.operands
    const bytes = bytesOf(destination!) || bytesOf(source!)
    const writes = !comparing.has(name)
    if (bytes !== 4 && bytes !== 8) return narrow(cpu, name, instruction.operands, bytes, writes)
    const kernel = (bytes === 8 ? wide64 : wide32)[name]
    const d = wordOf(cpu, destination!)
    const s = source === destination ? d : wordOf(cpu, source!)
    if (d !== undefined && s !== undefined) return kernel(cpu, d, s)
    if (d !== undefined && source?.kind === 'memory')
      return loadThen(cpu, source, bytes, b, kernel(cpu, d, b))
    const inner = kernel(cpu, a, s ?? a)
    if (!writes && destination?.kind === 'memory') return loadThen(cpu, destination, bytes, a, inner)
    return inMemory(cpu, inner, locateForWrite(cpu, destination!, bytes), bytes)
  }
}

function inMemory(cpu: CpuState, kernel: Operation, locate: () => number, bytes: number): Operation {
  const { i32, view } = cpu
  return () => {
    const at = locate()
    if (at < 0) return -1
    i32[a] = view.getInt32(at, true)
    if (bytes === 8) i32[a + 1] = view.getInt32(at + 4, true)
    kernel()
    view.setInt32(at, i32[a]!, true)
    if (bytes === 8) view.setInt32(at + 4, i32[a + 1]!, true)
    return finish(cpu)
  }
}

type Operands = Parameters<Compiler>[1]['operands']

function narrow(cpu: CpuState, name: Name, operands: Operands, bytes: number, writes: boolean): Operation {
  const [destination, source = destination] = operands
  const { i32, view } = cpu
  const kernel = narrowKernels[name](cpu, a, b, 32 - 8 * bytes)
  const target = writes ? locateForWrite(cpu, destination!, bytes) : locateForRead(cpu, destination!, bytes)
  if (source === destination) return narrowUnary(cpu, kernel, target, bytes)
  // At most one of the two is memory: the other's place is known and does not fault.
  const origin = locateForRead(cpu, source!, bytes)
  const byte = bytes === 1
  return () => {
    const from = origin()
    if (from < 0) return -1
    i32[b] = byte ? view.getInt8(from) : view.getInt16(from, true)
    const at = target()
    if (at < 0) return -1
    i32[a] = byte ? view.getInt8(at) : view.getInt16(at, true)
    kernel()
    if (!writes) return 0
    if (byte) view.setInt8(at, i32[a]!)
    else view.setInt16(at, i32[a]!, true)
    return finish(cpu)
  }
}

function narrowUnary(cpu: CpuState, kernel: Operation, target: () => number, bytes: number): Operation {
  const { i32, view } = cpu
  const byte = bytes === 1
  return () => {
    const at = target()
    if (at < 0) return -1
    i32[a] = byte ? view.getInt8(at) : view.getInt16(at, true)
    kernel()
    if (byte) view.setInt8(at, i32[a]!)
    else view.setInt16(at, i32[a]!, true)
    return finish(cpu)
  }
}
