// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import { Vector } from '../../machine.ts'
import type { MemoryOperand, Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { advance, pushShort, pushWord } from '../instructions/stack-words.ts'
import { bytesOf, type Compiler, locateForRead, locateForWrite } from '../operands.ts'
import type { Operation } from '../operation.ts'
import type { CpuState } from '../state.ts'
import { finish, translateRead } from '../translation.ts'
import { readFarPointer } from './far-pointer.ts'
import { checkSelector, loadSelector, readSelector, Segment } from './selectors.ts'

/** Far pointers in memory to a segment register and a general one. */
export const segmentLoads: Family = [
  [Mnemonic.Lss, loadPointer(Segment.ss)],
  [Mnemonic.Lfs, loadPointer(Segment.fs)],
  [Mnemonic.Lgs, loadPointer(Segment.gs)],
]

/** mov from a segment register: two bytes to memory, zero-extended in a register. */
export function moveFromSegment(cpu: CpuState, target: Operand, segment: number): Operation {
  const bytes = target.kind === 'memory' ? 2 : bytesOf(target)
  const to = locateForWrite(cpu, target, bytes)
  const { view } = cpu
  return () => {
    const t = to()
    if (t < 0) return -1
    view.setUint16(t, readSelector(cpu, segment), true)
    if (bytes > 2) {
      view.setUint16(t + 2, 0, true)
      view.setInt32(t + 4, 0, true)
    }
    return finish(cpu)
  }
}

/** mov to a segment register. */
export function moveToSegment(cpu: CpuState, segment: number, source: Operand): Operation {
  if (segment === Segment.cs) return () => cpu.raise(Vector.UD, 0)
  const from = locateForRead(cpu, source, 2)
  const { view } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    return load(cpu, segment, view.getUint16(s, true))
  }
}

function load(cpu: CpuState, segment: number, selector: number): 0 | -1 {
  if (checkSelector(cpu, segment, selector) < 0) return -1
  loadSelector(cpu, segment, selector)
  return 0
}

const scratch = Layout.scratchA >>> 2

export function pushSegment(cpu: CpuState, segment: number, bytes: 2 | 8): Operation {
  const { i32 } = cpu
  const push = bytes === 8 ? pushWord(cpu, scratch) : pushShort(cpu)
  return () => {
    i32[scratch] = readSelector(cpu, segment)
    i32[scratch + 1] = 0
    return push()
  }
}

export function popSegment(cpu: CpuState, segment: number, bytes: 2 | 8): Operation {
  const { i32, view } = cpu
  return () => {
    const s = translateRead(cpu, i32[8]!, i32[9]!, bytes, Vector.SS)
    if (s < 0 || load(cpu, segment, view.getUint16(s, true)) < 0) return -1
    advance(i32, bytes)
    return 0
  }
}

function loadPointer(segment: number): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, MemoryOperand]
    if (target.kind !== 'register') return undefined
    const offset = new Int32Array(1)
    const read = readFarPointer(cpu, source, offset)
    const { host, bytes } = target
    const { view } = cpu
    return () => {
      const selector = read()
      if (selector < 0 || load(cpu, segment, selector) < 0) return -1
      if (bytes === 2) view.setInt16(host, offset[0]!, true)
      else {
        view.setInt32(host, offset[0]!, true)
        view.setInt32(host + 4, 0, true)
      }
      return 0
    }
  }
}
