// SPDX-License-Identifier: MIT
/**
 * A text as the kernel looks at it: its bytes in UTF-8, one character each. With that the kernel's classes of characters, which are those
 * of Latin-1, are told by `\s` and `letters`, and columns are the kernel's.
 */
export function toKernelText(text: string): string {
  if (isAscii(text)) return text
  let bytes = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code >= 0xdc80 && code <= 0xdcff) bytes += String.fromCharCode(code & 0xff)
    else bytes += String.fromCharCode(...new TextEncoder().encode(character))
  }
  return bytes
}

/** The way back. Bytes that are no UTF-8, as where the kernel cuts a character in two, become lone surrogates, U+DC80 to U+DCFF. */
export function fromKernelText(bytes: string): string {
  if (isAscii(bytes)) return bytes
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return bytes.replace(characterOrByte, part => {
    const decoded = decoder.decode(Uint8Array.from(part, byte => byte.charCodeAt(0)))
    if (toKernelText(decoded) === part) return decoded
    return [...part].map(byte => String.fromCharCode(0xdc00 | byte.charCodeAt(0))).join('')
  })
}

/** Where the character of a text begins that holds the byte at a column. */
export function characterAt(text: string, column: number): number {
  let at = 0
  let bytes = 0
  for (const character of text) {
    const behind = bytes + toKernelText(character).length
    if (behind > column) return at
    at += character.length
    bytes = behind
  }
  return at + column - bytes
}

/** Letters among bytes, for a class of a regular expression: those of Latin-1. */
export const letters = 'A-Za-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff'

const characterOrByte =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}
