// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../../decode/instruction.ts'
import type { Family } from '../../instructions/family.ts'
import { type Compiler, locateAligned } from '../../operands.ts'
import { double, single } from '../../soft-float/format.ts'
import { deliver, denormalsAreZero, mxcsrWord, sseEnvironment } from '../mxcsr.ts'
import { isXmm } from '../packed.ts'
import { readBits, softAdd, softMultiply, writeBits } from '../soft-lanes.ts'

/** SSE4.1: dot products of chosen lanes, sent to chosen lanes. */
export const dotProduct: Family = [
  [Mnemonic.Dpps, product(4)],
  [Mnemonic.Dppd, product(8)],
]

function product(bytes: 4 | 8): Compiler {
  return (cpu, { operands }) => {
    const [target, source, immediate] = operands as [Operand, Operand, Operand]
    if (!isXmm(target) || immediate.kind !== 'immediate') return undefined
    const control = Number(immediate.value & 0xffn)
    const t = target.host
    const from = locateAligned(cpu, source, 16, false)
    const count = 16 / bytes
    const { view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      const environment = sseEnvironment(cpu, bytes === 4 ? single : double)
      const daz = (cpu.i32[mxcsrWord]! & denormalsAreZero) !== 0
      const products: bigint[] = []
      for (let n = 0; n < count; n++) {
        const a = readBits(view, t + n * bytes, bytes)
        const b = readBits(view, s + n * bytes, bytes)
        products.push((control & (16 << n)) === 0 ? 0n : softMultiply(environment, a, b, daz, n))
      }
      // Neighbours first.
      const sums: bigint[] = []
      for (let n = 0; n < count; n += 2)
        sums.push(softAdd(environment, products[n]!, products[n + 1]!, daz, n))
      const sum = count === 2 ? sums[0]! : softAdd(environment, sums[0]!, sums[1]!, daz, 0)
      if (deliver(cpu, environment.raised) < 0) return -1
      for (let n = 0; n < count; n++)
        writeBits(view, t + n * bytes, bytes, (control & (1 << n)) === 0 ? 0n : sum)
      return 0
    }
  }
}
