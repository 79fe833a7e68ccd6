// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Operand } from '../decode/instruction.ts'
import type { Family } from '../instructions/family.ts'
import { type Compiler, locateAligned, locateForRead } from '../operands.ts'
import { isXmm } from './packed.ts'

/**
 * Approximate reciprocals. Processors differ in their last bits; the architecture asks for an error below 1.5 × 2^−12 (Intel
 * SDM 2, RCPPS). The rule here: the reciprocal of the middle of all numbers with the same twelve highest fraction bits,
 * rounded to twelve fraction bits. Denormals count as zeros, and nothing is raised.
 */
export const approximations: Family = [
  [Mnemonic.Rcpss, approximate(1, reciprocal)],
  [Mnemonic.Rcpps, approximate(4, reciprocal)],
  [Mnemonic.Rsqrtss, approximate(1, reciprocalRoot)],
  [Mnemonic.Rsqrtps, approximate(4, reciprocalRoot)],
]

type Bits = number

function approximate(count: 1 | 4, lane: (bits: Bits) => Bits): Compiler {
  return (cpu, { operands }) => {
    const [target, source] = operands as [Operand, Operand]
    if (!isXmm(target)) return undefined
    const t = target.host
    const from = count === 1 ? locateForRead(cpu, source, 4) : locateAligned(cpu, source, 16, false)
    const { view } = cpu
    return () => {
      const s = from()
      if (s < 0) return -1
      for (let at = 0; at < 4 * count; at += 4) view.setInt32(t + at, lane(view.getInt32(s + at, true)), true)
      return 0
    }
  }
}

const signBit = 0x8000_0000 | 0
const infinity = 0x7f80_0000
const least = 0x0080_0000
const quietBit = 0x0040_0000
const indefinite = 0xffc0_0000 | 0
const droppedBits = 11

function reciprocal(bits: Bits): Bits {
  const sign = bits & signBit
  const magnitude = bits & ~signBit
  if (magnitude > infinity) return bits | quietBit
  if (magnitude < least) return sign | infinity
  if (magnitude === infinity) return sign
  return sign | toBits(1 / middle(magnitude))
}

function reciprocalRoot(bits: Bits): Bits {
  const magnitude = bits & ~signBit
  if (magnitude > infinity) return bits | quietBit
  if (magnitude < least) return (bits & signBit) | infinity
  if (bits < 0) return indefinite
  if (magnitude === infinity) return 0
  return toBits(1 / Math.sqrt(middle(magnitude)))
}

/** Of the numbers that share sign, exponent and twelve fraction bits. */
function middle(magnitude: Bits): number {
  const exponent = (magnitude >>> 23) - 127
  return (1 + ((magnitude >>> droppedBits) % 4096) / 4096 + 1 / 8192) * 2 ** exponent
}

/** A positive number rounded to twelve fraction bits; what would be a denormal is zero. */
function toBits(value: number): Bits {
  const exponent = Math.floor(Math.log2(value))
  if (exponent < -126) return 0
  return ((exponent + 127) << 23) + (Math.round((value / 2 ** exponent - 1) * 4096) << droppedBits)
}
