// SPDX-License-Identifier: MIT
/** Integers to registers and back in two words each; everything else goes through `Value`. */

/** Writes a signed integer of 2, 4 or 8 bytes at one host address to the register at another. */
export function loadIntegerQuickly(view: DataView, at: number, bytes: number, register: number): void {
  let low = bytes === 2 ? view.getInt16(at, true) : view.getInt32(at, true)
  let high = bytes === 8 ? view.getInt32(at + 4, true) : low >> 31
  const sign = high < 0 ? 0x8000 : 0
  if (high < 0) {
    low = -low | 0
    high = low === 0 ? -high | 0 : ~high
  }
  const zeros = high === 0 ? 32 + Math.clz32(low) : Math.clz32(high)
  if (zeros > 31) {
    high = low << (zeros - 32)
    low = 0
  } else {
    high = (high << zeros) | ((low >>> 1) >>> (31 - zeros))
    low <<= zeros
  }
  view.setInt32(register, low, true)
  view.setInt32(register + 4, high, true)
  view.setInt16(register + 8, zeros === 64 ? 0 : sign | (16383 + 63 - zeros), true)
}

/**
 * Stores a register as a signed integer of 2, 4 or 8 bytes, rounded towards zero. Returns 0 when that was exact, 1 when not, and
 * -1, with nothing stored, when it might not fit, and for an inexact one unless `truncates`.
 */
export function storeIntegerQuickly(
  view: DataView,
  register: number,
  at: number,
  bytes: number,
  truncates: boolean,
): -1 | 0 | 1 {
  const word = view.getUint16(register + 8, true)
  const exponent = (word & 0x7fff) - 16383
  let high = view.getInt32(register + 4, true)
  if (exponent < 0 || exponent > bytes * 8 - 2 || high >= 0) return -1
  let low = view.getInt32(register, true)
  const drop = 63 - exponent
  let dropped: number
  if (drop > 31) {
    dropped = low | (drop === 32 ? 0 : high << (64 - drop))
    low = high >>> (drop - 32)
    high = 0
  } else {
    dropped = low << (32 - drop)
    low = (low >>> drop) | ((high << 1) << (31 - drop))
    high >>>= drop
  }
  if (dropped !== 0 && !truncates) return -1
  if (word > 0x7fff) {
    low = -low | 0
    high = low === 0 ? -high : ~high
  }
  if (bytes === 2) view.setInt16(at, low, true)
  else view.setInt32(at, low, true)
  if (bytes === 8) view.setInt32(at + 4, high, true)
  return dropped === 0 ? 0 : 1
}
