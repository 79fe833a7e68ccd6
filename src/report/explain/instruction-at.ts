// SPDX-License-Identifier: MIT
import { disassemble } from '../../machine/cpu/decode/disassemble.ts'
import type { Image } from '../../program/image.ts'
import { fileOffsetOf } from '../../program/symbols.ts'

/** The instruction at a link-time address of a program, as text; undefined where there is none. */
export function instructionAt(image: Image, address: bigint): string | undefined {
  const offset = fileOffsetOf(image, address)
  if (offset === undefined || !isCode(image, address)) return undefined
  return disassemble(image.bytes.subarray(offset, offset + 15), address)?.text
}

function isCode({ segments }: Image, address: bigint): boolean {
  return segments.some(
    ({ execute, address: start, fileSize }) =>
      execute && address >= start && address < start + BigInt(fileSize),
  )
}
