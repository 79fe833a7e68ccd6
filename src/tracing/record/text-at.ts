// SPDX-License-Identifier: MIT
/** The bytes from `at` up to a NUL or the end, as Latin-1. */
export function textAt(bytes: Uint8Array, at: number): string {
  let text = ''
  for (let index = at; index < bytes.length && bytes[index] !== 0; index++) {
    text += String.fromCharCode(bytes[index]!)
  }
  return text
}
