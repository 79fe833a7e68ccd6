// SPDX-License-Identifier: MIT
/** What the processes of a run write to its standard output and error, in the order written. */
export class Outputs {
  readonly #limit: number
  readonly #exceeded: () => void
  readonly #chunks: { readonly 1: Uint8Array[]; readonly 2: Uint8Array[] } = { 1: [], 2: [] }
  #held = 0

  readonly #passOn: ((descriptor: 1 | 2, bytes: Uint8Array) => void) | undefined

  /** With `passOn` nothing is kept and there is no limit. */
  constructor(limit: number, exceeded: () => void, passOn?: (descriptor: 1 | 2, bytes: Uint8Array) => void) {
    this.#limit = limit
    this.#passOn = passOn
    this.#exceeded = exceeded
  }

  write(descriptor: 1 | 2, bytes: Uint8Array): void {
    if (this.#passOn) {
      this.#passOn(descriptor, bytes.slice())
      return
    }
    this.#held += bytes.length
    if (this.#held > this.#limit) {
      this.#exceeded()
      return
    }
    this.#chunks[descriptor].push(bytes.slice())
  }

  read(descriptor: 1 | 2): Uint8Array {
    const chunks = this.#chunks[descriptor]
    const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    let at = 0
    for (const chunk of chunks) {
      result.set(chunk, at)
      at += chunk.length
    }
    return result
  }
}
