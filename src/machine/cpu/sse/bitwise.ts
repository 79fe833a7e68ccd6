// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { type Kernel, packed } from './packed.ts'

const and: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = i32[t]! & i32[s]!
  i32[t + 1] = i32[t + 1]! & i32[s + 1]!
  i32[t + 2] = i32[t + 2]! & i32[s + 2]!
  i32[t + 3] = i32[t + 3]! & i32[s + 3]!
}

const andNot: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = ~i32[t]! & i32[s]!
  i32[t + 1] = ~i32[t + 1]! & i32[s + 1]!
  i32[t + 2] = ~i32[t + 2]! & i32[s + 2]!
  i32[t + 3] = ~i32[t + 3]! & i32[s + 3]!
}

const or: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = i32[t]! | i32[s]!
  i32[t + 1] = i32[t + 1]! | i32[s + 1]!
  i32[t + 2] = i32[t + 2]! | i32[s + 2]!
  i32[t + 3] = i32[t + 3]! | i32[s + 3]!
}

const xor: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = i32[t]! ^ i32[s]!
  i32[t + 1] = i32[t + 1]! ^ i32[s + 1]!
  i32[t + 2] = i32[t + 2]! ^ i32[s + 2]!
  i32[t + 3] = i32[t + 3]! ^ i32[s + 3]!
}

/** Logic on 128 bits; the floating-point names do the same. */
export const bitwise: Family = [
  [Mnemonic.Pand, packed(and)],
  [Mnemonic.Andps, packed(and)],
  [Mnemonic.Andpd, packed(and)],
  [Mnemonic.Pandn, packed(andNot)],
  [Mnemonic.Andnps, packed(andNot)],
  [Mnemonic.Andnpd, packed(andNot)],
  [Mnemonic.Por, packed(or)],
  [Mnemonic.Orps, packed(or)],
  [Mnemonic.Orpd, packed(or)],
  [Mnemonic.Pxor, packed(xor)],
  [Mnemonic.Xorps, packed(xor)],
  [Mnemonic.Xorpd, packed(xor)],
]
