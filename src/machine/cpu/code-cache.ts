// SPDX-License-Identifier: MIT
import { type Frame, pageShift, pageSize } from '../machine.ts'
import { type Block, kill, revive } from './block.ts'

/** Decoded code of one frame at one virtual address (operations know their own addresses). */
export class CodePage {
  frame: Frame
  readonly low: number
  readonly high: number
  /** By offset in the page: the number of the block that an instruction starts in, or 0. */
  readonly owner = new Uint16Array(pageSize)
  readonly blocks: (Block | undefined)[] = [undefined]
  /** Blocks of one instruction that reaches into the next page, by offset. */
  readonly crossing = new Map<number, Block>()
  /** Bounds of the bytes that have been decoded. */
  from = pageSize
  to = 0
  /** What the page held when it was shelved; undefined while it is in use. */
  image: Int32Array | undefined = undefined

  constructor(frame: Frame, low: number, high: number) {
    this.frame = frame
    this.low = low
    this.high = high
  }
}

type FrameCode = {
  pages: CodePage[]
  /** Blocks of other frames whose only instruction ends in this one. */
  tails: { page: CodePage; block: Block }[]
  /** Bounds of the bytes that have been decoded. */
  from: number
  to: number
}

/** Pages that are kept after their frame has changed. */
const mostShelved = 1024
const pageWords = pageSize / 4

/**
 * Which frames hold decoded code. A write to decoded bytes ends all the code of the frame; its pages are shelved, and taken
 * back when a frame has the same bytes at the same address again: after a breakpoint is gone, and in the next boot.
 */
export class CodeCache {
  private readonly i32: Int32Array
  private readonly frames = new Map<Frame, FrameCode>()
  private readonly shelf = new Map<string, CodePage>()

  constructor(i32: Int32Array) {
    this.i32 = i32
  }

  holdsCode(frame: Frame): boolean {
    return this.frames.has(frame)
  }

  /** The decoded code of a frame seen at high:low; it counts as code once it has a block. */
  page(frame: Frame, low: number, high: number): CodePage {
    const known = this.frames.get(frame)?.pages.find(page => page.low === low && page.high === high)
    if (known !== undefined) return known
    const key = this.key(frame, low, high)
    const shelved = this.shelf.get(key)
    if (shelved === undefined || !this.holds(frame, shelved.image!)) return new CodePage(frame, low, high)
    this.shelf.delete(key)
    for (const block of shelved.blocks) if (block !== undefined) revive(block)
    shelved.frame = frame
    shelved.image = undefined
    this.cover(shelved)
    return shelved
  }

  /** Adds a block that occupies a range of its page. */
  add(page: CodePage, block: Block, from: number, to: number): void {
    page.from = Math.min(page.from, from)
    page.to = Math.max(page.to, to)
    this.cover(page)
    page.blocks.push(block)
  }

  /** Adds a block whose only instruction begins at the end of its page. */
  addCrossing(page: CodePage, block: Block): void {
    page.from = Math.min(page.from, block.offset)
    page.to = pageSize
    this.cover(page)
    page.crossing.set(block.offset, block)
  }

  /** Notes that the block, which its page has under `crossing`, ends in the first `to` bytes of another frame. */
  addTail(frame: Frame, to: number, page: CodePage, block: Block): void {
    const code = this.code(frame)
    code.from = 0
    code.to = Math.max(code.to, to)
    code.tails = code.tails.filter(tail => !tail.block.dead)
    code.tails.push({ page, block })
  }

  /** Ends code before bytes of a frame are replaced. */
  drop(frame: Frame, offset: number, length: number): void {
    const code = this.frames.get(frame)
    if (code === undefined || offset >= code.to || offset + length <= code.from) return
    this.frames.delete(frame)
    for (const page of code.pages) this.put(page)
    for (const { page, block } of code.tails) {
      kill(block)
      if (page.crossing.get(block.offset) === block) page.crossing.delete(block.offset)
    }
  }

  /** Shelves all code, before another boot. */
  dropAll(): void {
    for (const frame of [...this.frames.keys()]) this.drop(frame, 0, pageSize)
  }

  /** Forgets all code, also what is shelved. */
  forget(): void {
    this.dropAll()
    this.shelf.clear()
  }

  private put(page: CodePage): void {
    for (const block of page.blocks) if (block !== undefined) kill(block)
    for (const block of page.crossing.values()) kill(block)
    page.crossing.clear()
    const start = (page.frame << pageShift) >>> 2
    page.image = this.i32.slice(start, start + pageWords)
    this.shelf.set(this.key(page.frame, page.low, page.high), page)
    if (this.shelf.size > mostShelved) this.shelf.delete(this.shelf.keys().next().value!)
  }

  private cover(page: CodePage): void {
    const code = this.code(page.frame)
    if (!code.pages.includes(page)) code.pages.push(page)
    code.from = Math.min(code.from, page.from)
    code.to = Math.max(code.to, page.to)
  }

  private code(frame: Frame): FrameCode {
    let code = this.frames.get(frame)
    if (code === undefined) {
      code = { pages: [], tails: [], from: pageSize, to: 0 }
      this.frames.set(frame, code)
    }
    return code
  }

  /** A frame's contents and address in short. */
  private key(frame: Frame, low: number, high: number): string {
    const { i32 } = this
    const start = (frame << pageShift) >>> 2
    let hash = 0
    for (let at = start; at < start + pageWords; at++) hash = Math.imul(hash ^ i32[at]!, 0x9e37_79b1)
    return `${high}:${low}:${hash ^ (hash >>> 15)}`
  }

  private holds(frame: Frame, image: Int32Array): boolean {
    const { i32 } = this
    const start = (frame << pageShift) >>> 2
    for (let n = 0; n < pageWords; n++) if (image[n] !== i32[start + n]) return false
    return true
  }
}
