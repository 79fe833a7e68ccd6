// SPDX-License-Identifier: MIT
import { Extended, Layout } from '../layout.ts'

const base = Layout.extended
const registerBytes = 16

/** The state of a processor after exec: x87 control word 0x37f, empty stack, MXCSR 0x1f80 (and its mask, which is fixed). */
export function resetExtended(u8: Uint8Array, view: DataView): void {
  u8.fill(0, base, base + Extended.bytes)
  view.setUint16(base + Extended.controlWord, 0x37f, true)
  view.setUint32(base + Extended.mxcsr, 0x1f80, true)
  view.setUint32(base + Extended.mxcsrMask, 0xffff, true)
}

/**
 * Writes the fxsave image (Intel SDM 1 §10.5.1) to `image` at an offset. The machine keeps x87 registers in physical order, the
 * image has them from the top of the stack.
 */
export function saveExtended(u8: Uint8Array, image: Uint8Array, at: number): void {
  image.set(u8.subarray(base, base + Extended.bytes), at)
  const top = (u8[base + Extended.statusWord + 1]! >> 3) & 7
  if (top === 0) return
  for (let n = 0; n < 8; n++) {
    const physical = base + Extended.x87 + ((top + n) & 7) * registerBytes
    image.set(u8.subarray(physical, physical + registerBytes), at + Extended.x87 + n * registerBytes)
  }
}

/** Reads the fxsave image. */
export function loadExtended(u8: Uint8Array, image: Uint8Array, at: number): void {
  u8.set(image.subarray(at, at + Extended.bytes), base)
  const top = (u8[base + Extended.statusWord + 1]! >> 3) & 7
  if (top === 0) return
  for (let n = 0; n < 8; n++) {
    const from = at + Extended.x87 + n * registerBytes
    u8.set(image.subarray(from, from + registerBytes), base + Extended.x87 + ((top + n) & 7) * registerBytes)
  }
}
