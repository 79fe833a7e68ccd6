// SPDX-License-Identifier: MIT
import { tlbEntries } from '../layout.ts'
import type { Block } from './block.ts'
import { buildBlock, splitBlock } from './build-block.ts'
import type { CodePage } from './code-cache.ts'
import type { CpuState } from './state.ts'
import { protectFrame, translateFetch } from './translation.ts'

/** Finds the decoded block at an address, decoding it where there is none. An undefined result is a fault that has been recorded. */
export class CodeFinder {
  private readonly state: CpuState
  /** By entry of the fetch TLB. */
  private readonly pages: (CodePage | undefined)[] = new Array(tlbEntries).fill(undefined)

  constructor(state: CpuState) {
    this.state = state
  }

  /** The block that starts at high:low. */
  at(low: number, high: number): Block | undefined {
    const page = this.page(low, high)
    if (page === undefined) return undefined
    const offset = low & 4095
    const number = page.owner[offset]!
    if (number === 0) return this.slowly(page, offset)
    const block = page.blocks[number]!
    if (block.offset === offset) return block
    return splitBlock(this.state, block, block.starts.indexOf(offset - block.offset))
  }

  /** The block that has an instruction at high:low and its index in it. */
  inside(low: number, high: number): { readonly block: Block; readonly index: number } | undefined {
    const page = this.page(low, high)
    if (page === undefined) return undefined
    const offset = low & 4095
    const number = page.owner[offset]!
    const block = number === 0 ? this.slowly(page, offset) : page.blocks[number]!
    if (block === undefined) return undefined
    return { block, index: block.starts.indexOf(offset - block.offset) }
  }

  /** The block that follows another one, and links them. */
  follow(from: Block, taken: boolean): Block | undefined {
    const { state } = this
    const { page } = from
    const end = (page.low + from.offset + from.starts[from.count]!) | 0
    const low = taken ? from.targetLow : end
    const high = taken ? from.targetHigh : end >>> 0 < page.low >>> 0 ? (page.high + 1) | 0 : page.high
    state.setRip(low, high)
    const block = this.at(low, high)
    if (block === undefined) return undefined
    if (taken) {
      from.taken = block
      from.takenEpoch = state.epoch
    } else {
      from.next = block
      from.nextEpoch = state.epoch
    }
    return block
  }

  /** Takes back links to a block that is gone. */
  unlink(from: Block, to: Block): void {
    if (from.taken === to) from.taken = undefined
    if (from.next === to) from.next = undefined
  }

  private page(low: number, high: number): CodePage | undefined {
    const { fetchTlb } = this.state
    const at = (low >>> 10) & 0x7fc
    if (fetchTlb[at] === (low & -4096) && fetchTlb[at + 1] === high) {
      const page = this.pages[at >>> 2]!
      if (page.image === undefined) return page
    }
    const frame = translateFetch(this.state, low, high)
    if (frame < 0) return undefined
    fetchTlb[at] = low & -4096
    fetchTlb[at + 1] = high
    const { code } = this.state
    const fresh = !code.holdsCode(frame)
    const page = code.page(frame, low & -4096, high)
    // Code that was taken back from the shelf.
    if (fresh && code.holdsCode(frame)) protectFrame(this.state, frame)
    return (this.pages[at >>> 2] = page)
  }

  private slowly(page: CodePage, offset: number): Block | undefined {
    const { state } = this
    const crossing = page.crossing.get(offset)
    if (crossing !== undefined) {
      // Its second half may have been mapped elsewhere since.
      const nextLow = (page.low + 4096) | 0
      const second = translateFetch(state, nextLow, nextLow === 0 ? (page.high + 1) | 0 : page.high)
      if (second < 0) return undefined
      if (second === crossing.secondFrame) return crossing
      page.crossing.delete(offset)
    }
    state.forgetConstants()
    // The page itself may have been forgotten.
    const current = page.image === undefined ? page : this.page(page.low, page.high)
    return current === undefined ? undefined : buildBlock(state, current, offset)
  }
}
