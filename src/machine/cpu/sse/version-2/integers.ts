// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../../instructions/family.ts'
import { type ImmediateKernel, type Kernel, packed, packedImmediate } from '../packed.ts'
import { signedBytes, unsignedShorts, words } from '../packed-arithmetic.ts'
import { packDoubles } from '../packs.ts'
import { toShort } from '../saturate.ts'

type Memory = Parameters<Kernel>[0]

/** SSE4.1 and SSE4.2: what integer arithmetic and comparisons the older sets left out. */
export const newerIntegers: Family = [
  [Mnemonic.Pminsb, packed(signedBytes((a, b) => Math.min(a, b)))],
  [Mnemonic.Pmaxsb, packed(signedBytes((a, b) => Math.max(a, b)))],
  [Mnemonic.Pminuw, packed(unsignedShorts((a, b) => Math.min(a, b)))],
  [Mnemonic.Pmaxuw, packed(unsignedShorts((a, b) => Math.max(a, b)))],
  [Mnemonic.Pminsd, packed(words((a, b) => Math.min(a, b)))],
  [Mnemonic.Pmaxsd, packed(words((a, b) => Math.max(a, b)))],
  [Mnemonic.Pminud, packed(words((a, b) => Math.min(a >>> 0, b >>> 0)))],
  [Mnemonic.Pmaxud, packed(words((a, b) => Math.max(a >>> 0, b >>> 0)))],
  [Mnemonic.Pmulld, packed(words(Math.imul))],
  [Mnemonic.Pmuldq, packed(multiplySigned)],
  [Mnemonic.Pcmpeqq, packed(equalQuads)],
  [Mnemonic.Pcmpgtq, packed(greaterQuads)],
  [Mnemonic.Packusdw, packed(packDoubles(toShort))],
  [Mnemonic.Phminposuw, packed(leastShort)],
  [Mnemonic.Mpsadbw, packedImmediate(differencesOfBlocks())],
  [Mnemonic.Pblendw, packedImmediate(blendShorts)],
]

function multiplySigned({ i32, u64 }: Memory, target: number, source: number): void {
  for (let n = 0; n < 16; n += 8)
    u64[(target + n) >>> 3] = BigInt(i32[(target + n) >>> 2]!) * BigInt(i32[(source + n) >>> 2]!)
}

function equalQuads({ i32 }: Memory, target: number, source: number): void {
  for (let n = 0; n < 16; n += 8) {
    const t = (target + n) >>> 2
    const s = (source + n) >>> 2
    fill(i32, t, i32[t] === i32[s] && i32[t + 1] === i32[s + 1])
  }
}

function greaterQuads({ i32 }: Memory, target: number, source: number): void {
  for (let n = 0; n < 16; n += 8) {
    const t = (target + n) >>> 2
    const s = (source + n) >>> 2
    const high = i32[t + 1]! - i32[s + 1]!
    fill(i32, t, high > 0 || (high === 0 && i32[t]! >>> 0 > i32[s]! >>> 0))
  }
}

function fill(i32: Int32Array, t: number, holds: boolean): void {
  const mask = holds ? -1 : 0
  i32[t] = mask
  i32[t + 1] = mask
}

/** The least of eight words and its index. */
function leastShort({ i16, i32 }: Memory, target: number, source: number): void {
  const s = source >>> 1
  let index = 0
  for (let n = 1; n < 8; n++) if ((i16[s + n]! & 0xffff) < (i16[s + index]! & 0xffff)) index = n
  const least = i16[s + index]! & 0xffff
  const t = target >>> 2
  i32[t] = least | (index << 16)
  i32.fill(0, t + 1, t + 4)
}

/** Sums of absolute differences of a block of four source bytes with eight blocks of the target. */
function differencesOfBlocks(): ImmediateKernel {
  const sums = new Int16Array(8)
  return ({ u8, i16 }, target, source, control) => {
    const s = source + 4 * (control & 3)
    const t = target + (control & 4)
    for (let n = 0; n < 8; n++) {
      let sum = 0
      for (let byte = 0; byte < 4; byte++) sum += Math.abs(u8[t + n + byte]! - u8[s + byte]!)
      sums[n] = sum
    }
    i16.set(sums, target >>> 1)
  }
}

function blendShorts({ i16 }: Memory, target: number, source: number, control: number): void {
  for (let n = 0; n < 8; n++)
    if ((control & (1 << n)) !== 0) i16[(target >>> 1) + n] = i16[(source >>> 1) + n]!
}
