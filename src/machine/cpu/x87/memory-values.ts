// SPDX-License-Identifier: MIT
import { double, single, unpack } from '../soft-float/format.ts'
import { finite, type Value, zero } from '../soft-float/value.ts'
import type { CpuState } from '../state.ts'

/** A single or double in memory. */
export function floatOperand({ view }: CpuState, at: number, bytes: number): Value {
  return bytes === 4
    ? unpack(single, BigInt(view.getUint32(at, true)))
    : unpack(double, view.getBigUint64(at, true))
}

/** A signed integer of 2, 4 or 8 bytes in memory. */
export function integerOperand({ view }: CpuState, at: number, bytes: number): Value {
  if (bytes === 8) return fromInteger(view.getBigInt64(at, true))
  return fromInteger(BigInt(bytes === 2 ? view.getInt16(at, true) : view.getInt32(at, true)))
}

export function fromInteger(integer: bigint): Value {
  if (integer === 0n) return zero(0)
  return integer < 0n ? finite(1, -integer, 0) : finite(0, integer, 0)
}
