// SPDX-License-Identifier: MIT
import { Decoder, DecoderOptions } from 'iced-x86'

/** Whether bytes are an instruction: what the machine answers at run time. */
export function isVector(bytes: Uint8Array): boolean {
  return lengthOf(bytes) !== undefined
}

/** Length of the instruction at the start, by an independent decoder. */
export function lengthOf(bytes: Uint8Array, mode: 32 | 64 = 64): number | undefined {
  const decoder = new Decoder(mode, bytes, DecoderOptions.None)
  const instruction = decoder.decode()
  const length = instruction.isInvalid ? undefined : instruction.length
  instruction.free()
  decoder.free()
  return length
}

/** `48 8b 05` as the start of 16 bytes. */
export function code(text: string): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes.set(text.split(' ').map(digits => Number.parseInt(digits, 16)))
  return bytes
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ')
}
