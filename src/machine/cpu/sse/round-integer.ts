// SPDX-License-Identifier: MIT

/** A number rounded to an integer; `mode` is encoded as in MXCSR: nearest or even, down, up, towards zero. NaN stays. */
export function roundInteger(x: number, mode: number): number {
  if (mode === 3) return Math.trunc(x)
  const below = Math.floor(x)
  if (mode === 1) return below
  if (mode === 2) return Math.ceil(x)
  const rest = x - below
  if (rest < 0.5) return below
  return rest > 0.5 || below % 2 !== 0 ? below + 1 : below
}
