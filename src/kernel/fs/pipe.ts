// SPDX-License-Identifier: MIT
/** Bytes that a pipe holds before writers sleep. */
export const pipeCapacity = 65_536
/** Writes up to this size are not torn (PIPE_BUF). */
export const atomicWrite = 4096

/** A pipe: bytes in order, and how many ends are open. */
export class Pipe {
  readers = 0
  writers = 0
  /** Grows with whatever happens to it. */
  activity = 0
  #chunks: Uint8Array[] = []
  #held = 0

  get held(): number {
    return this.#held
  }

  get room(): number {
    return pipeCapacity - this.#held
  }

  /** One who reads or writes is gone. */
  close(end: 'reader' | 'writer'): void {
    if (end === 'reader') this.readers = Math.max(0, this.readers - 1)
    else this.writers = Math.max(0, this.writers - 1)
    this.activity++
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.push(bytes.slice())
    this.#held += bytes.length
    this.activity++
  }

  take(length: number): Uint8Array {
    const result = new Uint8Array(Math.min(length, this.#held))
    let done = 0
    while (done < result.length) {
      const chunk = this.#chunks[0]!
      const part = chunk.subarray(0, result.length - done)
      result.set(part, done)
      done += part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    this.#held -= result.length
    this.activity++
    return result
  }
}
