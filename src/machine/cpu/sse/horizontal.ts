// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import { Layout } from '../../layout.ts'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import type { CpuState } from '../state.ts'
import { addDouble, type HardLane, subtractDouble } from './hard-double.ts'
import { addSingle, subtractSingle } from './hard-single.ts'
import { isXmm, type Kernel, packed } from './packed.ts'
import { type SoftLane, softAdd, softly, softSubtract } from './soft-lanes.ts'

/** SSE3: sums and differences of neighbours, alternating ones, and doubled lanes. */
export const horizontal: Family = [
  [Mnemonic.Haddps, neighbours(4, addSingle, softAdd)],
  [Mnemonic.Haddpd, neighbours(8, addDouble, softAdd)],
  [Mnemonic.Hsubps, neighbours(4, subtractSingle, softSubtract)],
  [Mnemonic.Hsubpd, neighbours(8, subtractDouble, softSubtract)],
  [Mnemonic.Addsubps, alternating(4)],
  [Mnemonic.Addsubpd, alternating(8)],
  [Mnemonic.Movddup, doubleLow],
  [Mnemonic.Movsldup, packed(doubleSingles(0))],
  [Mnemonic.Movshdup, packed(doubleSingles(1))],
]

const left = Layout.lanes
const right = Layout.lanes + 16

/** Collects left and right operands in two rows, works on those, and copies the row of results. */
function neighbours(bytes: 4 | 8, hard: HardLane, soft: SoftLane): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = locateAligned(cpu, source, 16, false)
    const { u8, memory } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      for (let n = 0; n < 16 / bytes; n++) {
        const pair = (n < 8 / bytes ? t : s) + ((2 * n * bytes) & 15)
        u8.copyWithin(left + n * bytes, pair, pair + bytes)
        u8.copyWithin(right + n * bytes, pair + bytes, pair + 2 * bytes)
      }
      for (let at = 0; at < 16; at += bytes)
        if (!hard(memory, left + at, right + at)) {
          if (softly(cpu, bytes, (16 - at) / bytes, soft, left + at, right + at) < 0) return -1
          break
        }
      u8.copyWithin(t, left, left + 16)
      return 0
    }
  }
}

/** Subtracts in even lanes and adds in odd ones: in even lanes that is adding the negated source, but for the sign of a NaN. */
function alternating(bytes: 4 | 8): Compiler {
  return (cpu: CpuState, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = locateAligned(cpu, source, 16, false)
    const { memory } = cpu
    const hardAdd = bytes === 4 ? addSingle : addDouble
    const hardSubtract = bytes === 4 ? subtractSingle : subtractDouble
    return () => {
      const s = from()
      if (s < 0) return -1
      for (let at = 0; at < 16; at += bytes) {
        const odd = (at & bytes) !== 0
        if (!(odd ? hardAdd : hardSubtract)(memory, t + at, s + at))
          return softly(cpu, bytes, (16 - at) / bytes, odd ? addFirst : subtractFirst, t + at, s + at)
      }
      return 0
    }
  }
}

const subtractFirst: SoftLane = (environment, a, b, daz, lane) =>
  (lane & 1) === 0 ? softSubtract(environment, a, b, daz, lane) : softAdd(environment, a, b, daz, lane)
const addFirst: SoftLane = (environment, a, b, daz, lane) => subtractFirst(environment, a, b, daz, lane + 1)

/** The source has 8 bytes, anywhere in memory. */
function doubleLow(...[cpu, { operands }]: Parameters<Compiler>): ReturnType<Compiler> {
  const [target, source] = operands as [Operand, Operand]
  if (!isXmm(target)) return undefined
  const t = target.host >>> 2
  const from = locateForRead(cpu, source, 8)
  const { i32, view } = cpu
  return () => {
    const s = from()
    if (s < 0) return -1
    const low = view.getInt32(s, true)
    const high = view.getInt32(s + 4, true)
    i32[t] = low
    i32[t + 1] = high
    i32[t + 2] = low
    i32[t + 3] = high
    return 0
  }
}

/** Every lane pair gets its even (0) or odd (1) lane twice. */
function doubleSingles(odd: 0 | 1): Kernel {
  return ({ i32 }, target, source) => {
    const t = target >>> 2
    const s = (source >>> 2) + odd
    for (let n = 0; n < 4; n += 2) {
      const lane = i32[s + n]!
      i32[t + n] = lane
      i32[t + n + 1] = lane
    }
  }
}
