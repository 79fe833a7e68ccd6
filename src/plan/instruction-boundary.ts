// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Image } from '../program/image.ts'
import { addressOf, fileOffsetOf, symbolAt } from '../program/symbols.ts'
import type { Located } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import type { Definition } from '../tracing/definition.ts'
import type { KernelLine } from './kernel-line.ts'
import { hex } from './places.ts'

type Line = { readonly address: bigint; readonly bytes: Uint8Array; readonly text: string }

/** Warns of a probe in the middle of an instruction, which the kernel takes without a word; undefined where it stands well. */
export async function boundaryWarning(
  { offset }: Definition,
  image: Image,
  { placeText }: KernelLine,
  define: Located<string>,
): Promise<Diagnostic | undefined> {
  if (offset > BigInt(image.bytes.length)) return undefined
  const address = addressOf(image, Number(offset))
  const place = address === undefined ? undefined : symbolAt(image, address)
  if (address === undefined || !place || place.offset === 0n || !isCode(image, address)) return undefined
  const name = place.symbol.name
  const lines = await instructionsFrom(image, place.symbol.address, address)
  const within = lines.findIndex(line => line.address <= address && address < endOf(line))
  const [inner, next] = [lines[within], lines[within + 1]]
  if (!inner || inner.address === address) return undefined
  const named = (line: Line) => `${name}+${line.address - place.symbol.address}`
  return {
    code: 'L007',
    severity: 'warning',
    message: `${hex(address)} is in the middle of an instruction`,
    labels: [{ span: placeText ? spanWithin(define, placeText.from, placeText.to) : define.span }],
    listing: listing(next ? [inner, next] : [inner], named),
    notes: [
      'the kernel does not check boundaries: the byte becomes part of the instruction, and usually no event comes',
    ],
    help: [`probe ${[inner, ...(next ? [next] : [])].map(named).join(' or ')}`],
  }
}

function isCode({ segments }: Image, address: bigint): boolean {
  return segments.some(
    segment =>
      segment.execute && address >= segment.address && address < segment.address + BigInt(segment.fileSize),
  )
}

/** Instructions from an address that is one's start, up to the one behind `until`. Stops where the bytes are none. */
async function instructionsFrom(image: Image, start: bigint, until: bigint): Promise<readonly Line[]> {
  const { disassemble } = await import('../machine/cpu/decode/disassemble.ts')
  const lines: Line[] = []
  let address = start
  while (address <= until || lines.at(-1)!.address <= until) {
    const at = fileOffsetOf(image, address)
    if (at === undefined) break
    const bytes = image.bytes.subarray(at, at + 15)
    const instruction = disassemble(bytes, address)
    if (!instruction) break
    lines.push({ address, bytes: bytes.slice(0, instruction.length), text: instruction.text })
    address += BigInt(instruction.length)
  }
  return lines
}

function endOf({ address, bytes }: Line): bigint {
  return address + BigInt(bytes.length)
}

function listing(lines: readonly Line[], named: (line: Line) => string): readonly string[] {
  const rows = lines.map(line => ({
    address: hex(line.address),
    bytes: [...line.bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' '),
    text: line.text,
    name: named(line),
  }))
  const width = (key: 'bytes' | 'text') => Math.max(...rows.map(row => row[key].length))
  return rows.map(
    row =>
      `${row.address}  ${row.bytes.padEnd(width('bytes') + 3)}${row.text.padEnd(width('text') + 5)}← ${row.name}`,
  )
}
