// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Instruction, Operand } from '../decode/instruction.ts'
import { loadThen } from '../memory-words.ts'
import { bytesOf, locateForRead, locateForWrite, wordOf } from '../operands.ts'
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
/** One operation in every width, and whether it writes its destination. */
export type Kernels = {
  readonly wide64: Kernel
  readonly wide32: Kernel
  readonly narrow: NarrowKernel
  readonly writes: boolean
}

const a = Layout.scratchA >>> 2
const b = Layout.scratchB >>> 2

const mnemonics: readonly (readonly [Mnemonic, keyof typeof wide64])[] = [
  [Mnemonic.Add, 'add'],
  [Mnemonic.Adc, 'adc'],
  [Mnemonic.Sub, 'sub'],
  [Mnemonic.Sbb, 'sbb'],
  [Mnemonic.Cmp, 'cmp'],
  [Mnemonic.And, 'and'],
  [Mnemonic.Or, 'or'],
  [Mnemonic.Xor, 'xor'],
  [Mnemonic.Test, 'test'],
  [Mnemonic.Inc, 'inc'],
  [Mnemonic.Dec, 'dec'],
  [Mnemonic.Neg, 'neg'],
  [Mnemonic.Not, 'not'],
]

/** Two operands, or one that is both. */
export const arithmetic: Family = mnemonics.map(([mnemonic, name]) => {
  const kernels: Kernels = {
    wide64: wide64[name],
    wide32: wide32[name],
    narrow: narrowKernels[name],
    writes: name !== 'cmp' && name !== 'test',
  }
  return [mnemonic, (cpu, instruction) => compileArithmetic(cpu, instruction, kernels)]
})

export function compileArithmetic(cpu: CpuState, { operands }: Instruction, kernels: Kernels): Operation {
  const [destination, second] = operands
  const source = second ?? destination!
  const bytes = bytesOf(destination!) || bytesOf(source)
  if (bytes !== 4 && bytes !== 8) {
    const kernel = kernels.narrow(cpu, a, b, 32 - 8 * bytes)
    if (second === undefined) return narrowUnary(cpu, kernel, destination!, bytes)
    return kernels.writes
      ? narrowWriting(cpu, kernel, destination!, source, bytes)
      : narrowReading(cpu, kernel, destination!, source, bytes)
  }
  const kernel = bytes === 8 ? kernels.wide64 : kernels.wide32
  const d = wordOf(cpu, destination!)
  const s = second === undefined ? d : wordOf(cpu, source)
  if (d !== undefined && s !== undefined) return kernel(cpu, d, s)
  if (d !== undefined && source.kind === 'memory') return loadThen(cpu, source, bytes, b, kernel(cpu, d, b))
  const inner = kernel(cpu, a, s ?? a)
  if (!kernels.writes && destination!.kind === 'memory') return loadThen(cpu, destination!, bytes, a, inner)
  return inMemory(cpu, inner, destination!, bytes)
}

function inMemory(cpu: CpuState, kernel: Operation, destination: Operand, bytes: number): Operation {
  const { i32, view } = cpu
  const locate = locateForWrite(cpu, destination, bytes)
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

/** cmp and test of bytes are frequent: a place that is known needs no call. */
function narrowReading(
  cpu: CpuState,
  kernel: Operation,
  destination: Operand,
  source: Operand,
  bytes: number,
): Operation {
  const { i32, view } = cpu
  const byte = bytes === 1
  const one = locateForRead(cpu, destination, bytes)
  const other = locateForRead(cpu, source, bytes)
  if (destination.kind === 'memory') {
    const host = other()
    return () => {
      const at = one()
      if (at < 0) return -1
      i32[a] = byte ? view.getInt8(at) : view.getInt16(at, true)
      i32[b] = byte ? view.getInt8(host) : view.getInt16(host, true)
      return kernel()
    }
  }
  const host = one()
  if (source.kind === 'memory')
    return () => {
      const at = other()
      if (at < 0) return -1
      i32[a] = byte ? view.getInt8(host) : view.getInt16(host, true)
      i32[b] = byte ? view.getInt8(at) : view.getInt16(at, true)
      return kernel()
    }
  const second = other()
  return () => {
    i32[a] = byte ? view.getInt8(host) : view.getInt16(host, true)
    i32[b] = byte ? view.getInt8(second) : view.getInt16(second, true)
    return kernel()
  }
}

function narrowWriting(
  cpu: CpuState,
  kernel: Operation,
  destination: Operand,
  source: Operand,
  bytes: number,
): Operation {
  const { i32, view } = cpu
  const byte = bytes === 1
  const target = locateForWrite(cpu, destination, bytes)
  const origin = locateForRead(cpu, source, bytes)
  return () => {
    const from = origin()
    if (from < 0) return -1
    i32[b] = byte ? view.getInt8(from) : view.getInt16(from, true)
    const at = target()
    if (at < 0) return -1
    i32[a] = byte ? view.getInt8(at) : view.getInt16(at, true)
    kernel()
    if (byte) view.setInt8(at, i32[a]!)
    else view.setInt16(at, i32[a]!, true)
    return finish(cpu)
  }
}

function narrowUnary(cpu: CpuState, kernel: Operation, destination: Operand, bytes: number): Operation {
  const { i32, view } = cpu
  const byte = bytes === 1
  const target = locateForWrite(cpu, destination, bytes)
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
