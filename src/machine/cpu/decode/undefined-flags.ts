// SPDX-License-Identifier: MIT
import { Decoder, RflagsBits } from 'iced-x86'
import { decoderOptions } from './decoder-options.ts'

const places: readonly [bit: number, flag: number][] = [
  [RflagsBits.CF, 1],
  [RflagsBits.PF, 4],
  [RflagsBits.AF, 0x10],
  [RflagsBits.ZF, 0x40],
  [RflagsBits.SF, 0x80],
  [RflagsBits.DF, 0x400],
  [RflagsBits.OF, 0x800],
]

/** The flags, at their places in rflags, that the architecture leaves undefined after an instruction. */
export function undefinedFlags(bytes: Uint8Array): number {
  const decoder = new Decoder(64, bytes, decoderOptions)
  const instruction = decoder.decode()
  try {
    const bits = instruction.rflagsUndefined
    return places.reduce((flags, [bit, flag]) => ((bits & bit) === 0 ? flags : flags | flag), 0)
  } finally {
    instruction.free()
    decoder.free()
  }
}
