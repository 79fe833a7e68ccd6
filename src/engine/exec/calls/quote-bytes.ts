// SPDX-License-Identifier: MIT

const letters: Readonly<Record<number, string>> = {
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

/** Bytes as a C string: what cannot be printed is octal, as short as what follows allows; three dots where something is left out. */
export function quoteBytes(bytes: Uint8Array, more: boolean): string {
  const text = Array.from(
    bytes,
    (byte, index) => letters[byte] ?? printable(byte) ?? octal(byte, bytes[index + 1]),
  )
  return `"${text.join('')}"${more ? '...' : ''}`
}

function printable(byte: number): string | undefined {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : undefined
}

function octal(byte: number, next: number | undefined): string {
  const digit = next !== undefined && next >= 0x30 && next <= 0x37
  return `\\${byte.toString(8).padStart(digit ? 3 : 1, '0')}`
}
