// SPDX-License-Identifier: MIT

/** A record as the buffer holds it: its bytes, filled up to a multiple of four, and when it was written in nanoseconds. */
export type StoredRecord = { readonly time: bigint; readonly record: Uint8Array }

export type RingBufferOptions = {
  /** `buffer_size_kb` times 1024; absent: as large as it needs to be, so that nothing is ever lost. */
  readonly bytes?: number
  /** Whether the oldest page gives way to new records (the default), or new ones are dropped once the buffer is full. */
  readonly overwrite?: boolean
}

/** Bytes of a page behind its header, a time stamp and the length of its data. */
const pageData = 4080
/** There is always a page to read and one to write. */
const leastPages = 2
const headerSize = 4
const extensionSize = 8
/** The longest record whose length fits into the header. */
const smallRecord = 112
const deltaBits = 27n
const deltaMask = (1n << deltaBits) - 1n
const typeExtension = 30

type Page = {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** When its first record was written. */
  start: bigint
  used: number
  entries: number
}

/**
 * The ring buffer of one processor, byte for byte as the kernel fills its pages (spec 07 §8): a header of four bytes before each record
 * holds its length and the nanoseconds since the one before; a longer pause takes eight bytes more; a record never crosses the end of
 * a page. So it keeps and loses the same records.
 */
export class RingBuffer {
  readonly #limit: number
  readonly #overwrite: boolean
  /** Oldest first; records go into the last one. */
  #pages: Page[] = []
  #last = 0n
  #sealed = false
  #entries = 0
  #overrun = 0
  #dropped = 0

  constructor({ bytes, overwrite = true }: RingBufferOptions = {}) {
    this.#limit =
      bytes === undefined ? Number.POSITIVE_INFINITY : Math.max(leastPages, Math.ceil(bytes / pageData))
    this.#overwrite = overwrite
  }

  /** Records that can be read. */
  get entries(): number {
    return this.#entries
  }

  /** Records that gave way to newer ones. */
  get overrun(): number {
    return this.#overrun
  }

  /** Records that found the buffer full. */
  get dropped(): number {
    return this.#dropped
  }

  /** Bytes of the pages in use. */
  get size(): number {
    return this.#pages.length * pageData
  }

  /** False when the record is dropped. `time` never goes back. */
  write(time: bigint, record: Uint8Array): boolean {
    const page = this.#pageFor(time, record.length)
    if (!page) {
      this.#dropped++
      return false
    }
    if (page.used === 0) page.start = time
    else this.#extend(page, time)
    const delta = page.used === 0 || time - this.#last > deltaMask ? 0 : Number(time - this.#last)
    this.#append(page, delta, record)
    this.#last = time
    return true
  }

  /** Oldest first. The bytes are those of the buffer: copy what shall stay. */
  *read(): Generator<StoredRecord> {
    for (const { bytes, view, start, used } of this.#pages) {
      let time = start
      for (let at = 0; at < used; ) {
        const header = view.getUint32(at, true)
        const type = header & 31
        time += BigInt(header >>> 5)
        at += headerSize
        if (type === typeExtension) {
          time += BigInt(view.getUint32(at, true)) << deltaBits
          at += extensionSize - headerSize
          continue
        }
        const stored = type === 0 ? view.getUint32(at, true) : type * 4
        const length = type === 0 ? stored - headerSize : stored
        if (type === 0) at += headerSize
        yield { time, record: bytes.subarray(at, at + length) }
        at += length
      }
    }
  }

  /** Empties the buffer and forgets what was lost. */
  clear(): void {
    this.#pages = []
    this.#sealed = false
    this.#entries = this.#overrun = this.#dropped = 0
  }

  #pageFor(time: bigint, length: number): Page | undefined {
    const last = this.#pages.at(-1)
    if (last && !this.#sealed) {
      const pause = last.used > 0 && time - this.#last > deltaMask ? extensionSize : 0
      if (last.used + pause + storedSize(length) <= pageData) return last
    }
    if (this.#pages.length < this.#limit) return this.#addPage(newPage())
    // A record that did not fit has filled up the last page: from now on shorter ones do not fit either.
    this.#sealed = !this.#overwrite
    return this.#overwrite ? this.#addPage(this.#oldest()) : undefined
  }

  #oldest(): Page {
    const page = this.#pages.shift()!
    this.#overrun += page.entries
    this.#entries -= page.entries
    page.used = page.entries = 0
    return page
  }

  #addPage(page: Page): Page {
    this.#pages.push(page)
    return page
  }

  #extend(page: Page, time: bigint): void {
    const delta = time - this.#last
    if (delta <= deltaMask) return
    page.view.setUint32(page.used, Number(delta & deltaMask) * 32 + typeExtension, true)
    page.view.setUint32(page.used + headerSize, Number(delta >> deltaBits), true)
    page.used += extensionSize
  }

  #append(page: Page, delta: number, record: Uint8Array): void {
    const { bytes, view } = page
    const padded = roundUp(record.length)
    const small = record.length <= smallRecord
    view.setUint32(page.used, delta * 32 + (small ? padded / 4 : 0), true)
    page.used += headerSize
    if (!small) {
      view.setUint32(page.used, padded + headerSize, true)
      page.used += headerSize
    }
    bytes.set(record, page.used)
    bytes.fill(0, page.used + record.length, page.used + padded)
    page.used += padded
    page.entries++
    this.#entries++
  }
}

/** Bytes that a record takes with its header. */
function storedSize(length: number): number {
  return roundUp(length) + headerSize + (length > smallRecord ? headerSize : 0)
}

function roundUp(length: number): number {
  return Math.ceil(length / 4) * 4
}

function newPage(): Page {
  const bytes = new Uint8Array(pageData)
  return { bytes, view: new DataView(bytes.buffer), start: 0n, used: 0, entries: 0 }
}
