// SPDX-License-Identifier: MIT
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const

export type Ink = { readonly [Name in keyof typeof codes]: (text: string) => string }

/** Colour is decoration: with `enabled` false every function gives the text back, and nothing else may change. */
export function inkFor(enabled: boolean): Ink {
  const entries = Object.entries(codes).map(([name, code]) => [
    name,
    (text: string) => (enabled && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text),
  ])
  return Object.fromEntries(entries) as Ink
}
