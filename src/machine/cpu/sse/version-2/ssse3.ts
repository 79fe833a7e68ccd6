// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../../instructions/family.ts'
import { type ImmediateKernel, type Kernel, packed, packedImmediate } from '../packed.ts'
import { toSignedShort } from '../saturate.ts'

/** SSSE3: bytes by index, signs, neighbours of integers, and products. */
export const ssse3: Family = [
  [Mnemonic.Pshufb, packed(shuffleBytes(), 'twice')],
  [Mnemonic.Palignr, packedImmediate(alignRight(), 'stacked')],
  [
    Mnemonic.Phaddw,
    packed(
      neighbourShorts((a, b) => a + b),
      'joined',
    ),
  ],
  [
    Mnemonic.Phaddsw,
    packed(
      neighbourShorts((a, b) => toSignedShort(a + b)),
      'joined',
    ),
  ],
  [
    Mnemonic.Phsubw,
    packed(
      neighbourShorts((a, b) => a - b),
      'joined',
    ),
  ],
  [
    Mnemonic.Phsubsw,
    packed(
      neighbourShorts((a, b) => toSignedShort(a - b)),
      'joined',
    ),
  ],
  [Mnemonic.Phaddd, packed(neighbourDoubles(1), 'joined')],
  [Mnemonic.Phsubd, packed(neighbourDoubles(-1), 'joined')],
  [Mnemonic.Pmaddubsw, packed(multiplyAddBytes)],
  [Mnemonic.Pmulhrsw, packed(multiplyHighRounded)],
  [Mnemonic.Pabsb, packed(absoluteBytes)],
  [Mnemonic.Pabsw, packed(absoluteShorts)],
  [Mnemonic.Pabsd, packed(absoluteDoubles)],
  [Mnemonic.Psignb, packed(signBytes)],
  [Mnemonic.Psignw, packed(signShorts)],
  [Mnemonic.Psignd, packed(signDoubles)],
]

/** Each byte of the source names a byte of the target, or with its highest bit none. */
function shuffleBytes(): Kernel {
  const old = new Uint8Array(16)
  return ({ u8 }, target, source) => {
    for (let n = 0; n < 16; n++) old[n] = u8[target + n]!
    for (let n = 0; n < 16; n++) {
      const index = u8[source + n]!
      u8[target + n] = index > 127 ? 0 : old[index & 15]!
    }
  }
}

/** Sixteen bytes out of target:source, from byte `control` on. */
function alignRight(): ImmediateKernel {
  const pair = new Uint8Array(32)
  return ({ u8 }, target, source, control) => {
    for (let n = 0; n < 16; n++) {
      pair[n] = u8[source + n]!
      pair[n + 16] = u8[target + n]!
    }
    for (let n = 0; n < 16; n++) u8[target + n] = control + n < 32 ? pair[control + n]! : 0
  }
}

function neighbourShorts(lane: (a: number, b: number) => number): Kernel {
  const results = new Int16Array(8)
  return ({ i16 }, target, source) => {
    const t = target >>> 1
    const s = source >>> 1
    for (let n = 0; n < 4; n++) {
      results[n] = lane(i16[t + 2 * n]!, i16[t + 2 * n + 1]!)
      results[n + 4] = lane(i16[s + 2 * n]!, i16[s + 2 * n + 1]!)
    }
    i16.set(results, t)
  }
}

function neighbourDoubles(sign: 1 | -1): Kernel {
  return ({ i32 }, target, source) => {
    const t = target >>> 2
    const s = source >>> 2
    const a = i32[t]! + sign * i32[t + 1]!
    const b = i32[t + 2]! + sign * i32[t + 3]!
    const c = i32[s]! + sign * i32[s + 1]!
    const d = i32[s + 2]! + sign * i32[s + 3]!
    i32[t] = a
    i32[t + 1] = b
    i32[t + 2] = c
    i32[t + 3] = d
  }
}

/** Unsigned bytes of the target with signed ones of the source, sums of pairs saturated. */
function multiplyAddBytes({ u8, i16 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 16; n += 2) {
    const low = u8[target + n]! * ((u8[source + n]! << 24) >> 24)
    const high = u8[target + n + 1]! * ((u8[source + n + 1]! << 24) >> 24)
    i16[(target + n) >>> 1] = toSignedShort(low + high)
  }
}

function multiplyHighRounded({ i16 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 8; n++) {
    const t = (target >>> 1) + n
    i16[t] = (((i16[t]! * i16[(source >>> 1) + n]!) >> 14) + 1) >> 1
  }
}

function absoluteBytes({ u8 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 16; n++) u8[target + n] = Math.abs((u8[source + n]! << 24) >> 24)
}

function absoluteShorts({ i16 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 8; n++) i16[(target >>> 1) + n] = Math.abs(i16[(source >>> 1) + n]!)
}

function absoluteDoubles({ i32 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 4; n++) i32[(target >>> 2) + n] = Math.abs(i32[(source >>> 2) + n]!)
}

function signBytes({ u8 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 16; n++) u8[target + n] = u8[target + n]! * Math.sign((u8[source + n]! << 24) >> 24)
}

function signShorts({ i16 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 8; n++) {
    const t = (target >>> 1) + n
    i16[t] = i16[t]! * Math.sign(i16[(source >>> 1) + n]!)
  }
}

function signDoubles({ i32 }: Parameters<Kernel>[0], target: number, source: number): void {
  for (let n = 0; n < 4; n++) {
    const t = (target >>> 2) + n
    i32[t] = i32[t]! * Math.sign(i32[(source >>> 2) + n]!)
  }
}
