// SPDX-License-Identifier: MIT
import { type Frame, pageSize } from '../machine.ts'
import { type Block, kill } from './block.ts'

/** Decoded code of one frame at one virtual address (operations know their own addresses). */
export class CodePage {
  readonly frame: Frame
  readonly low: number
  readonly high: number
  /** By offset in the page: the number of the block that an instruction starts in, or 0. */
  readonly owner = new Uint16Array(pageSize)
  readonly blocks: (Block | undefined)[] = [undefined]
  /** Blocks of one instruction that reaches into the next page, by offset. */
  readonly crossing = new Map<number, Block>()

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

/** Which frames hold decoded code. A write to decoded bytes drops all the code of the frame. */
export class CodeCache {
  private readonly frames = new Map<Frame, FrameCode>()

  holdsCode(frame: Frame): boolean {
    return this.frames.has(frame)
  }

  /** The decoded code of a frame seen at high:low; it counts as code once something is added. */
  page(frame: Frame, low: number, high: number): CodePage {
    const known = this.frames.get(frame)?.pages.find(page => page.low === low && page.high === high)
    return known ?? new CodePage(frame, low, high)
  }

  /** Adds a block that occupies a range of its page. */
  add(page: CodePage, block: Block, from: number, to: number): void {
    const code = this.code(page.frame)
    if (!code.pages.includes(page)) code.pages.push(page)
    code.from = Math.min(code.from, from)
    code.to = Math.max(code.to, to)
    page.blocks.push(block)
  }

  /** Notes that the block, already added, ends in the first `to` bytes of another frame. */
  addTail(frame: Frame, to: number, page: CodePage, block: Block): void {
    const code = this.code(frame)
    code.from = 0
    code.to = Math.max(code.to, to)
    code.tails = code.tails.filter(tail => !tail.block.dead)
    code.tails.push({ page, block })
  }

  /** Forgets code before bytes of a frame are replaced. */
  drop(frame: Frame, offset: number, length: number): void {
    const code = this.frames.get(frame)
    if (code === undefined || offset >= code.to || offset + length <= code.from) return
    this.frames.delete(frame)
    for (const page of code.pages) {
      for (const block of page.blocks) if (block !== undefined) kill(block)
      page.blocks.length = 1
      page.owner.fill(0)
      page.crossing.clear()
    }
    for (const { page, block } of code.tails) {
      kill(block)
      if (page.crossing.get(block.offset) === block) page.crossing.delete(block.offset)
    }
  }

  dropAll(): void {
    for (const frame of [...this.frames.keys()]) this.drop(frame, 0, pageSize)
  }

  private code(frame: Frame): FrameCode {
    let code = this.frames.get(frame)
    if (code === undefined) {
      code = { pages: [], tails: [], from: pageSize, to: 0 }
      this.frames.set(frame, code)
    }
    return code
  }
}
