// SPDX-License-Identifier: MIT
/** The four bytes of a string field: length with NUL in the upper half, offset from the start of the record in the lower (spec 07 §7). */
export type DataLocation = { readonly length: number; readonly offset: number }

export function readLocation(bytes: DataView, at: number): DataLocation {
  const value = bytes.getUint32(at, true)
  return { length: value >>> 16, offset: value & 0xffff }
}

export function writeLocation(bytes: DataView, at: number, { length, offset }: DataLocation): void {
  bytes.setUint32(at, ((length << 16) | (offset & 0xffff)) >>> 0, true)
}
