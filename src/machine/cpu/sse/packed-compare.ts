// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { equalBytes, greaterBytes } from './byte-lanes.ts'
import { type Kernel, packed } from './packed.ts'

const equalByte: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  i32[t] = equalBytes(i32[t]!, i32[s]!)
  i32[t + 1] = equalBytes(i32[t + 1]!, i32[s + 1]!)
  i32[t + 2] = equalBytes(i32[t + 2]!, i32[s + 2]!)
  i32[t + 3] = equalBytes(i32[t + 3]!, i32[s + 3]!)
}

const greaterByte: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  for (let n = 0; n < 4; n++) i32[t + n] = greaterBytes(i32[t + n]!, i32[s + n]!)
}

const equalWord: Kernel = ({ i16 }, target, source) => {
  const t = target >>> 1
  const s = source >>> 1
  for (let n = 0; n < 8; n++) i16[t + n] = i16[t + n] === i16[s + n] ? -1 : 0
}

const greaterWord: Kernel = ({ i16 }, target, source) => {
  const t = target >>> 1
  const s = source >>> 1
  for (let n = 0; n < 8; n++) i16[t + n] = i16[t + n]! > i16[s + n]! ? -1 : 0
}

const equalDouble: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  for (let n = 0; n < 4; n++) i32[t + n] = i32[t + n] === i32[s + n] ? -1 : 0
}

const greaterDouble: Kernel = ({ i32 }, target, source) => {
  const t = target >>> 2
  const s = source >>> 2
  for (let n = 0; n < 4; n++) i32[t + n] = i32[t + n]! > i32[s + n]! ? -1 : 0
}

/** Comparisons of signed integers: all ones where they hold. */
export const packedCompare: Family = [
  [Mnemonic.Pcmpeqb, packed(equalByte)],
  [Mnemonic.Pcmpeqw, packed(equalWord)],
  [Mnemonic.Pcmpeqd, packed(equalDouble)],
  [Mnemonic.Pcmpgtb, packed(greaterByte)],
  [Mnemonic.Pcmpgtw, packed(greaterWord)],
  [Mnemonic.Pcmpgtd, packed(greaterDouble)],
]
