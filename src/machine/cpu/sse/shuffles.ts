// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { type ImmediateKernel, type Kernel, packed, packedImmediate } from './packed.ts'

/** Interleaves bytes from the halves at `half` (0 or 8), target first. */
function interleaveBytes(half: number): Kernel {
  return ({ u8 }, target, source) => {
    // From the far end of the target away, so that nothing is overwritten before it is read.
    if (half === 0) {
      for (let n = 7; n >= 0; n--) {
        const a = u8[target + n]!
        u8[target + 2 * n + 1] = u8[source + n]!
        u8[target + 2 * n] = a
      }
    } else {
      for (let n = 0; n < 8; n++) {
        const a = u8[target + 8 + n]!
        const b = u8[source + 8 + n]!
        u8[target + 2 * n] = a
        u8[target + 2 * n + 1] = b
      }
    }
  }
}

function interleaveWords(half: number): Kernel {
  return ({ i16 }, target, source) => {
    const t = target >>> 1
    const s = source >>> 1
    if (half === 0) {
      for (let n = 3; n >= 0; n--) {
        const a = i16[t + n]!
        i16[t + 2 * n + 1] = i16[s + n]!
        i16[t + 2 * n] = a
      }
    } else {
      for (let n = 0; n < 4; n++) {
        const a = i16[t + 4 + n]!
        const b = i16[s + 4 + n]!
        i16[t + 2 * n] = a
        i16[t + 2 * n + 1] = b
      }
    }
  }
}

/** Interleaves doublewords from word `half` on (0 or 2). */
function interleaveDoubles(half: number): Kernel {
  return ({ i32 }, target, source) => {
    const t = target >>> 2
    const s = source >>> 2
    const a0 = i32[t + half]!
    const a1 = i32[t + half + 1]!
    const b0 = i32[s + half]!
    const b1 = i32[s + half + 1]!
    i32[t] = a0
    i32[t + 1] = b0
    i32[t + 2] = a1
    i32[t + 3] = b1
  }
}

function interleaveQuads(half: number): Kernel {
  return ({ i32 }, target, source) => {
    const t = target >>> 2
    const s = (source >>> 2) + half
    const low = i32[s]!
    const high = i32[s + 1]!
    if (half !== 0) {
      i32[t] = i32[t + 2]!
      i32[t + 1] = i32[t + 3]!
    }
    i32[t + 2] = low
    i32[t + 3] = high
  }
}

const shuffleDoubles: ImmediateKernel = ({ i32 }, target, source, control) => {
  const s = source >>> 2
  const t = target >>> 2
  const a = i32[s + (control & 3)]!
  const b = i32[s + ((control >> 2) & 3)]!
  const c = i32[s + ((control >> 4) & 3)]!
  const d = i32[s + (control >> 6)]!
  i32[t] = a
  i32[t + 1] = b
  i32[t + 2] = c
  i32[t + 3] = d
}

/** Shuffles the words of one half (at word 0 or 4) and copies the other. */
function shuffleWords(half: number): ImmediateKernel {
  return ({ i16 }, target, source, control) => {
    const s = (source >>> 1) + half
    const t = (target >>> 1) + half
    const a = i16[s + (control & 3)]!
    const b = i16[s + ((control >> 2) & 3)]!
    const c = i16[s + ((control >> 4) & 3)]!
    const d = i16[s + (control >> 6)]!
    i16[t] = a
    i16[t + 1] = b
    i16[t + 2] = c
    i16[t + 3] = d
    const other = 4 - half - half
    for (let n = other; n < other + 4; n++) i16[t + n] = i16[s + n]!
  }
}

const shuffleSingles: ImmediateKernel = ({ i32 }, target, source, control) => {
  const s = source >>> 2
  const t = target >>> 2
  const a = i32[t + (control & 3)]!
  const b = i32[t + ((control >> 2) & 3)]!
  const c = i32[s + ((control >> 4) & 3)]!
  const d = i32[s + (control >> 6)]!
  i32[t] = a
  i32[t + 1] = b
  i32[t + 2] = c
  i32[t + 3] = d
}

const shuffleDoublePrecision: ImmediateKernel = ({ i32 }, target, source, control) => {
  const t = target >>> 2
  const a = t + (control & 1) * 2
  const b = (source >>> 2) + (control & 2)
  const a0 = i32[a]!
  const a1 = i32[a + 1]!
  const b0 = i32[b]!
  const b1 = i32[b + 1]!
  i32[t] = a0
  i32[t + 1] = a1
  i32[t + 2] = b0
  i32[t + 3] = b1
}

/** Rearrangements of lanes. */
export const shuffles: Family = [
  [Mnemonic.Punpcklbw, packed(interleaveBytes(0))],
  [Mnemonic.Punpckhbw, packed(interleaveBytes(8), 'middle')],
  [Mnemonic.Punpcklwd, packed(interleaveWords(0))],
  [Mnemonic.Punpckhwd, packed(interleaveWords(4), 'middle')],
  [Mnemonic.Punpckldq, packed(interleaveDoubles(0))],
  [Mnemonic.Punpckhdq, packed(interleaveDoubles(2), 'middle')],
  [Mnemonic.Unpcklps, packed(interleaveDoubles(0))],
  [Mnemonic.Unpckhps, packed(interleaveDoubles(2))],
  [Mnemonic.Punpcklqdq, packed(interleaveQuads(0))],
  [Mnemonic.Punpckhqdq, packed(interleaveQuads(2))],
  [Mnemonic.Unpcklpd, packed(interleaveQuads(0))],
  [Mnemonic.Unpckhpd, packed(interleaveQuads(2))],
  [Mnemonic.Pshufd, packedImmediate(shuffleDoubles)],
  // With MMX registers only.
  [Mnemonic.Pshufw, packedImmediate(shuffleWords(0))],
  [Mnemonic.Pshuflw, packedImmediate(shuffleWords(0))],
  [Mnemonic.Pshufhw, packedImmediate(shuffleWords(4))],
  [Mnemonic.Shufps, packedImmediate(shuffleSingles)],
  [Mnemonic.Shufpd, packedImmediate(shuffleDoublePrecision)],
]
