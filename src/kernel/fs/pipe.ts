// SPDX-License-Identifier: MIT
/** Bytes that a pipe holds before writers sleep. */
export const pipeCapacity = 65_536
/** Writes up to this size are not torn (PIPE_BUF). */
export const atomicWrite = 4096

/** Of bytes of which only the first can be copied from or to user memory, those that pass: a pipe takes whole buffers of a page. */
export function wholeBuffers(copied: number): number {
  return copied - (copied % 4096)
}

export type PipeEnd = 'reader' | 'writer'

/** A pipe: bytes in order, and how many ends are open. */
export class Pipe {
  /** It is a file, whose ends are opened one by one. */
  readonly named: boolean
  readers = 0
  writers = 0
  /** How often an end has been opened. */
  readonly opened = { reader: 0, writer: 0 }
  /** Grows with whatever happens to it. */
  activity = 0
  #chunks: Uint8Array[] = []
  #held = 0

  constructor(named = false) {
    this.named = named
  }

  get held(): number {
    return this.#held
  }

  get room(): number {
    return pipeCapacity - this.#held
  }

  open(end: PipeEnd): void {
    if (end === 'reader') this.readers++
    else this.writers++
    this.opened[end]++
    this.activity++
  }

  /** One who reads or writes is gone; what nobody can read any more is dropped with the last one. */
  close(end: PipeEnd): void {
    if (end === 'reader') this.readers = Math.max(0, this.readers - 1)
    else this.writers = Math.max(0, this.writers - 1)
    this.activity++
    if (this.readers + this.writers === 0) this.take(this.#held)
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.push(bytes.slice())
    this.#held += bytes.length
    this.activity++
  }

  /** What has been taken and could not be delivered is next again. */
  putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.unshift(bytes)
    this.#held += bytes.length
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
