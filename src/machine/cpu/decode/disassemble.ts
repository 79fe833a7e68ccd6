// SPDX-License-Identifier: MIT
import { Decoder, Formatter, FormatterSyntax } from 'iced-x86'
import { decoderOptions } from './decoder-options.ts'

/** Length and text, in Intel syntax, of the instruction at the start of `bytes`, or undefined when it does not decode. */
export function disassemble(
  bytes: Uint8Array,
  address: bigint,
): { readonly length: number; readonly text: string } | undefined {
  const decoder = new Decoder(64, bytes, decoderOptions)
  decoder.ip = address
  const instruction = decoder.decode()
  const formatter = new Formatter(FormatterSyntax.Intel)
  try {
    if (instruction.isInvalid) return undefined
    formatter.hexPrefix = '0x'
    formatter.hexSuffix = ''
    formatter.uppercaseHex = false
    formatter.smallHexNumbersInDecimal = true
    formatter.branchLeadingZeros = false
    formatter.spaceAfterOperandSeparator = true
    return { length: instruction.length, text: formatter.format(instruction) }
  } finally {
    formatter.free()
    instruction.free()
    decoder.free()
  }
}
