// SPDX-License-Identifier: MIT
import { finite, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'

/** Eighteen decimal digits in nine bytes, lowest first, and a sign in the tenth (Intel SDM 1 §4.7). */
const digitBytes = 9

export function decimalOperand({ u8 }: CpuState, at: number): Value {
  let integer = 0n
  for (let n = digitBytes - 1; n >= 0; n--) {
    const byte = u8[at + n]!
    integer = integer * 100n + BigInt((byte >> 4) * 10 + (byte & 15))
  }
  const sign = u8[at + digitBytes]! >> 7 === 0 ? 0 : 1
  return integer === 0n ? zero(sign) : finite(sign, integer, 0)
}

/** An integer below 10^18 in magnitude. */
export function writeDecimal({ u8 }: CpuState, at: number, sign: 0 | 1, magnitude: bigint): void {
  let rest = magnitude
  for (let n = 0; n < digitBytes; n++) {
    const pair = Number(rest % 100n)
    u8[at + n] = (Math.floor(pair / 10) << 4) | (pair % 10)
    rest /= 100n
  }
  u8[at + digitBytes] = sign << 7
}

/** What a number that does not fit leaves. */
export function writeIndefiniteDecimal({ u8 }: CpuState, at: number): void {
  u8.fill(0, at, at + 7)
  u8[at + 7] = 0xc0
  u8[at + 8] = 0xff
  u8[at + 9] = 0xff
}
