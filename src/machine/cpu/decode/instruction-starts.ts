// SPDX-License-Identifier: MIT
import { Decoder } from 'iced-x86'
import { decoderOptions } from './decoder-options.ts'

/**
 * Offsets at which instructions start, decoding from the first byte on, up to the first that starts at or behind `until`. Ends early
 * where bytes are no instruction.
 */
export function instructionStarts(bytes: Uint8Array, until: number): readonly number[] {
  const decoder = new Decoder(64, bytes, decoderOptions)
  const starts: number[] = []
  try {
    for (let at = 0; at < bytes.length; ) {
      const instruction = decoder.decode()
      const { isInvalid, length } = instruction
      instruction.free()
      if (isInvalid) break
      starts.push(at)
      if (at >= until) break
      at += length
    }
  } finally {
    decoder.free()
  }
  return starts
}
