// SPDX-License-Identifier: MIT
const offsetAtEnd = /^(.*)\+(0x[0-9a-f]+|\d+)$/i

/** One spelling for a place: offsets in lower-case hex, none when it is 0. `calc:add+4` and `calc:add+0x4` become the same text. */
export function canonicalPlace(text: string): string {
  const found = offsetAtEnd.exec(text)
  if (!found) return text
  const offset = BigInt(found[2]!)
  return offset === 0n ? found[1]! : `${found[1]}+0x${offset.toString(16)}`
}

/** The binary's name of `binary:symbol+offset` (it ends at the first colon), or undefined for `[uprobes]+0x80` and plain numbers. */
export function binaryOfPlace(text: string): string | undefined {
  const colon = text.indexOf(':')
  return colon > 0 && !text.startsWith('[') ? text.slice(0, colon) : undefined
}
