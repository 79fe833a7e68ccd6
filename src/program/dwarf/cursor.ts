// SPDX-License-Identifier: MIT
/** Reads numbers one after the other. Behind the end it reads zeros, and `at` says that it is there. */
export class Cursor {
  readonly bytes: Uint8Array
  readonly #view: DataView
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length
  }

  u8(): number {
    return this.bytes[this.at++] ?? 0
  }

  u16(): number {
    return this.#fits(2) ? this.#view.getUint16(this.at - 2, true) : 0
  }

  u32(): number {
    return this.#fits(4) ? this.#view.getUint32(this.at - 4, true) : 0
  }

  u64(): bigint {
    return this.#fits(8) ? this.#view.getBigUint64(this.at - 8, true) : 0n
  }

  /** 1, 2, 3, 4 or 8 bytes as a number; one beyond 2^53 loses its last bits, and names no place of a file. */
  sized(size: number): number {
    if (size === 1) return this.u8()
    if (size === 2) return this.u16()
    if (size === 3) return this.u16() + this.u8() * 0x10000
    return size === 4 ? this.u32() : Number(this.u64())
  }

  uleb(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.u8()
      // Damaged files have numbers without end.
      if (scale < 2 ** 64) value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
  }

  /** Skips what `uleb` or its signed sister would read. */
  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  skipText(): void {
    const end = this.bytes.indexOf(0, this.at)
    this.at = end < 0 ? this.bytes.length : end + 1
  }

  #fits(size: number): boolean {
    this.at += size
    return this.at <= this.bytes.length
  }
}
