// SPDX-License-Identifier: MIT
import { Mnemonic } from 'iced-x86'
import type { Family } from '../instructions/family.ts'
import { type Kernel, packed } from './packed.ts'
import { toByte, toSignedByte, toSignedShort } from './saturate.ts'

/** Lanes of both operands cut to half their width. */
export const packs: Family = [
  [Mnemonic.Packsswb, packed(packWords(toSignedByte), 'joined')],
  [Mnemonic.Packuswb, packed(packWords(toByte), 'joined')],
  [Mnemonic.Packssdw, packed(packDoubles(toSignedShort), 'joined')],
]

/** Words to bytes. */
function packWords(saturate: (value: number) => number): Kernel {
  return ({ i16, u8 }, target, source) => {
    const t = target >>> 1
    const s = source >>> 1
    // The words of the source may be those of the target: low bytes first, they overwrite what has been read.
    let high = 0
    let highest = 0
    for (let n = 0; n < 4; n++) high |= (saturate(i16[s + n]!) & 0xff) << (8 * n)
    for (let n = 0; n < 4; n++) highest |= (saturate(i16[s + 4 + n]!) & 0xff) << (8 * n)
    for (let n = 0; n < 8; n++) u8[target + n] = saturate(i16[t + n]!)
    for (let n = 0; n < 4; n++) u8[target + 8 + n] = high >>> (8 * n)
    for (let n = 0; n < 4; n++) u8[target + 12 + n] = highest >>> (8 * n)
  }
}

/** Doublewords to words. */
export function packDoubles(saturate: (value: number) => number): Kernel {
  return ({ i16, i32 }, target, source) => {
    const s = source >>> 2
    const a = saturate(i32[s]!)
    const b = saturate(i32[s + 1]!)
    const c = saturate(i32[s + 2]!)
    const d = saturate(i32[s + 3]!)
    const t = target >>> 1
    for (let n = 0; n < 4; n++) i16[t + n] = saturate(i32[(target >>> 2) + n]!)
    i16[t + 4] = a
    i16[t + 5] = b
    i16[t + 6] = c
    i16[t + 7] = d
  }
}
