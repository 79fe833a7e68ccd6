// SPDX-License-Identifier: MIT
import type { Image } from '../../program/image.ts'

/** Every symbol of programs, a line each, in the order of their addresses. */
export function explainSymbols(images: ReadonlyMap<string, Image>): string {
  const lines = [...images].flatMap(([name, { symbols }]) =>
    [...symbols]
      .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0))
      .map(symbol => `0x${symbol.address.toString(16)}  ${name}:${symbol.name}\n`),
  )
  return lines.join('')
}
