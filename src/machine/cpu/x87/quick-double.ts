// SPDX-License-Identifier: MIT
/**
 * Doubles to registers and back in two words each, for normal numbers and zeros: what programs load and store most. Everything
 * else goes through `Value`.
 */
/** Writes the double at one host address to the register at another; false, and nothing written, when it is no plain number. */
export function loadDoubleQuickly(view: DataView, at: number, register: number): boolean {
  return loadWords(view, view.getInt32(at, true), view.getInt32(at + 4, true), register)
}

/** The same for a single. */
export function loadSingleQuickly(view: DataView, at: number, register: number): boolean {
  const bits = view.getInt32(at, true)
  const exponent = (bits >>> 23) & 0xff
  if (exponent === 0 || exponent === 0xff) return false
  view.setInt32(register, 0, true)
  view.setInt32(register + 4, 0x8000_0000 | (bits << 8), true)
  view.setInt16(register + 8, ((bits >>> 16) & 0x8000) | (exponent - 127 + 16383), true)
  return true
}

function loadWords(view: DataView, low: number, high: number, register: number): boolean {
  const exponent = (high >>> 20) & 0x7ff
  const zero = ((high << 1) | low) === 0
  if ((exponent === 0 && !zero) || exponent === 0x7ff) return false
  view.setInt32(register, low << 11, true)
  view.setInt32(register + 4, zero ? 0 : 0x8000_0000 | (high << 11) | (low >>> 21), true)
  view.setInt16(register + 8, ((high >>> 16) & 0x8000) | (zero ? 0 : exponent - 1023 + 16383), true)
  return true
}

/**
 * Stores a register as a double, rounded to nearest. Returns 0 when that was exact, 1 when the magnitude has become smaller, 2
 * when it has grown, and -1, with nothing stored, for anything but normal results and zeros.
 */
export function storeDoubleQuickly(view: DataView, register: number, at: number): -1 | 0 | 1 | 2 {
  const low = view.getInt32(register, true)
  const high = view.getInt32(register + 4, true)
  const word = view.getUint16(register + 8, true)
  const exponent = (word & 0x7fff) - 16383 + 1023
  if (high >= 0 || exponent <= 0 || exponent >= 0x7fe) {
    if ((low | high) !== 0 || (word & 0x7fff) !== 0) return -1
    view.setInt32(at, 0, true)
    view.setInt32(at + 4, word << 16, true)
    return 0
  }
  const dropped = low & 0x7ff
  const up = dropped > 0x400 || (dropped === 0x400 && (low & 0x800) !== 0) ? 1 : 0
  // A carry out of the fraction goes into the exponent, as it should.
  const fraction = ((high << 21) | (low >>> 11)) + up
  const top = ((word & 0x8000) << 16) | (exponent << 20) | ((high & 0x7fff_ffff) >>> 11)
  view.setInt32(at, fraction, true)
  view.setInt32(at + 4, up === 1 && (fraction | 0) === 0 ? top + 1 : top, true)
  return dropped === 0 ? 0 : up === 1 ? 2 : 1
}
