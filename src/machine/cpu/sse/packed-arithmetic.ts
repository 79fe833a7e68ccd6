// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { addBytes, maxBytes, minBytes, subtractBytes } from './byte-lanes.ts'
import { type Kernel, packed } from './packed.ts'
import { toByte, toShort, toSignedByte, toSignedShort } from './saturate.ts'

/** A kernel that treats the four words of 32 bits alike. */
export function words(lane: (a: number, b: number) => number): Kernel {
  return ({ i32 }, target, source) => {
    const t = target >>> 2
    const s = source >>> 2
    i32[t] = lane(i32[t]!, i32[s]!)
    i32[t + 1] = lane(i32[t + 1]!, i32[s + 1]!)
    i32[t + 2] = lane(i32[t + 2]!, i32[s + 2]!)
    i32[t + 3] = lane(i32[t + 3]!, i32[s + 3]!)
  }
}

export function bytes(lane: (a: number, b: number) => number): Kernel {
  return ({ u8 }, target, source) => {
    for (let n = 0; n < 16; n++) u8[target + n] = lane(u8[target + n]!, u8[source + n]!)
  }
}

export function signedBytes(lane: (a: number, b: number) => number): Kernel {
  return ({ u8 }, target, source) => {
    for (let n = 0; n < 16; n++)
      u8[target + n] = lane((u8[target + n]! << 24) >> 24, (u8[source + n]! << 24) >> 24)
  }
}

export function shorts(lane: (a: number, b: number) => number): Kernel {
  return ({ i16 }, target, source) => {
    const t = target >>> 1
    const s = source >>> 1
    for (let n = 0; n < 8; n++) i16[t + n] = lane(i16[t + n]!, i16[s + n]!)
  }
}

export function unsignedShorts(lane: (a: number, b: number) => number): Kernel {
  return ({ i16 }, target, source) => {
    const t = target >>> 1
    const s = source >>> 1
    for (let n = 0; n < 8; n++) i16[t + n] = lane(i16[t + n]! & 0xffff, i16[s + n]! & 0xffff)
  }
}

const minByte: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = minBytes(i32[t]!, i32[s]!)
  i32[t + 1] = minBytes(i32[t + 1]!, i32[s + 1]!)
  i32[t + 2] = minBytes(i32[t + 2]!, i32[s + 2]!)
  i32[t + 3] = minBytes(i32[t + 3]!, i32[s + 3]!)
}

const subtractByte: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = subtractBytes(i32[t]!, i32[s]!)
  i32[t + 1] = subtractBytes(i32[t + 1]!, i32[s + 1]!)
  i32[t + 2] = subtractBytes(i32[t + 2]!, i32[s + 2]!)
  i32[t + 3] = subtractBytes(i32[t + 3]!, i32[s + 3]!)
}

const addQuad: Kernel = ({ i32 }, target, source) => {
  for (let n = 0; n < 4; n += 2) {
    const t = (target >>> 2) + n
    const s = (source >>> 2) + n
    const before = i32[t]!
    const low = (before + i32[s]!) | 0
    i32[t + 1] = i32[t + 1]! + i32[s + 1]! + (low >>> 0 < before >>> 0 ? 1 : 0)
    i32[t] = low
  }
}

const subtractQuad: Kernel = ({ i32 }, target, source) => {
  for (let n = 0; n < 4; n += 2) {
    const t = (target >>> 2) + n
    const s = (source >>> 2) + n
    const borrow = i32[t]! >>> 0 < i32[s]! >>> 0 ? 1 : 0
    i32[t + 1] = i32[t + 1]! - i32[s + 1]! - borrow
    i32[t] = i32[t]! - i32[s]!
  }
}

const multiplyUnsignedDouble: Kernel = ({ i32, u64 }, target, source) => {
  for (let n = 0; n < 16; n += 8)
    u64[(target + n) >>> 3] = BigInt(i32[(target + n) >>> 2]! >>> 0) * BigInt(i32[(source + n) >>> 2]! >>> 0)
}

const multiplyAdd: Kernel = ({ i16, i32 }, target, source) => {
  for (let n = 0; n < 16; n += 4) {
    const t = (target + n) >>> 1
    const s = (source + n) >>> 1
    i32[t >>> 1] = i16[t]! * i16[s]! + i16[t + 1]! * i16[s + 1]!
  }
}

const absoluteDifferences: Kernel = ({ u8, i32 }, target, source) => {
  for (let half = 0; half < 16; half += 8) {
    let sum = 0
    for (let n = half; n < half + 8; n++) sum += Math.abs(u8[target + n]! - u8[source + n]!)
    i32[(target + half) >>> 2] = sum
    i32[(target + half + 4) >>> 2] = 0
  }
}

/** Integer arithmetic lane by lane. */
export const packedArithmetic: Family = [
  [Mnemonic.Paddb, packed(words(addBytes))],
  [Mnemonic.Paddw, packed(shorts((a, b) => a + b))],
  [Mnemonic.Paddd, packed(words((a, b) => a + b))],
  [Mnemonic.Paddq, packed(addQuad)],
  [Mnemonic.Psubb, packed(subtractByte)],
  [Mnemonic.Psubw, packed(shorts((a, b) => a - b))],
  [Mnemonic.Psubd, packed(words((a, b) => a - b))],
  [Mnemonic.Psubq, packed(subtractQuad)],
  [Mnemonic.Paddsb, packed(signedBytes((a, b) => toSignedByte(a + b)))],
  [Mnemonic.Paddsw, packed(shorts((a, b) => toSignedShort(a + b)))],
  [Mnemonic.Paddusb, packed(bytes((a, b) => toByte(a + b)))],
  [Mnemonic.Paddusw, packed(unsignedShorts((a, b) => toShort(a + b)))],
  [Mnemonic.Psubsb, packed(signedBytes((a, b) => toSignedByte(a - b)))],
  [Mnemonic.Psubsw, packed(shorts((a, b) => toSignedShort(a - b)))],
  [Mnemonic.Psubusb, packed(bytes((a, b) => toByte(a - b)))],
  [Mnemonic.Psubusw, packed(unsignedShorts((a, b) => toShort(a - b)))],
  [Mnemonic.Pminub, packed(minByte)],
  [Mnemonic.Pmaxub, packed(words(maxBytes))],
  [Mnemonic.Pminsw, packed(shorts((a, b) => Math.min(a, b)))],
  [Mnemonic.Pmaxsw, packed(shorts((a, b) => Math.max(a, b)))],
  [Mnemonic.Pavgb, packed(bytes((a, b) => (a + b + 1) >> 1))],
  [Mnemonic.Pavgw, packed(unsignedShorts((a, b) => (a + b + 1) >> 1))],
  [Mnemonic.Pmullw, packed(shorts((a, b) => a * b))],
  [Mnemonic.Pmulhw, packed(shorts((a, b) => (a * b) >> 16))],
  [Mnemonic.Pmulhuw, packed(unsignedShorts((a, b) => (a * b) >>> 16))],
  [Mnemonic.Pmuludq, packed(multiplyUnsignedDouble)],
  [Mnemonic.Pmaddwd, packed(multiplyAdd)],
  [Mnemonic.Psadbw, packed(absoluteDifferences)],
]
