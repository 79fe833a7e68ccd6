// SPDX-License-Identifier: MIT
/**
 * A text as the kernel looks at it: its bytes in UTF-8, one character each. With that the kernel's classes of characters, which are those
 * of Latin-1, are told by `\s` and `letters`, and columns are the kernel's.
 */
export function toKernelText(text: string): string {
  if (isAscii(text)) return text
  return text
    .split(loneByte)
    .map(part =>
      part.length === 1 && loneByte.test(part)
        ? String.fromCharCode(part.charCodeAt(0) & 0xff)
        : Buffer.from(part).toString('latin1'),
    )
    .join('')
}

/** The way back. Bytes that are no UTF-8, as where the kernel cut a character in two, become lone surrogates, U+DC80 to U+DCFF. */
export function fromKernelText(bytes: string): string {
  if (isAscii(bytes)) return bytes
  return bytes.replace(/[\x80-\xff]+/g, high =>
    high.replace(characterOrByte, part => {
      const decoded = part.length > 1 ? Buffer.from(part, 'latin1').toString() : invalid
      if (!decoded.includes(invalid) || part === invalidBytes) return decoded
      return [...part].map(byte => String.fromCharCode(0xdc00 | byte.charCodeAt(0))).join('')
    }),
  )
}

/** The character of a text that holds the byte at a column of its bytes. */
export function characterAt(text: string, column: number): number {
  let bytes = 0
  let at = 0
  for (const character of text) {
    bytes += toKernelText(character).length
    if (bytes > column) return at
    at += character.length
  }
  return at + Math.max(0, column - bytes)
}

/** What counts as a letter, for a class of a regular expression over bytes. */
export const letters = 'A-Za-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff'

const loneByte = /([\udc80-\udcff])(?<![\ud800-\udbff][\udc80-\udcff])/
const characterOrByte = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g
const invalid = '\ufffd'
const invalidBytes = '\xef\xbf\xbd'

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the range that matters
  return /^[\x00-\x7f]*$/.test(text)
}
