// SPDX-License-Identifier: MIT
/** The bytes of an ELF string table that grows; `existing` is a finished table to add to. */
export class StringTable {
  readonly #bytes: number[]

  constructor(existing: Uint8Array = new Uint8Array(1)) {
    this.#bytes = [...existing]
  }

  /** Offset of the text in the table. */
  add(text: string): number {
    const at = this.#bytes.length
    this.#bytes.push(...new TextEncoder().encode(text), 0)
    return at
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}
