// SPDX-License-Identifier: MIT
import type { CodePage } from './code-cache.ts'
import type { Operation } from './operation.ts'

/** Decoded instructions that run one after the other, within one page (or one instruction across two). */
export class Block {
  readonly page: CodePage
  /** Of the first instruction, in its page. */
  readonly offset: number
  /** Number of instructions. */
  readonly count: number
  /** Where each instruction starts, from the start of the block; the last entry is the block's length. */
  readonly starts: readonly number[]
  /** One for each instruction, and an end marker where the last one is no branch. */
  readonly operations: Operation[]
  /** The same with the last two instructions done by one operation where that is possible. */
  readonly fast: Operation[]
  /** Where the direct branch at the end goes. */
  readonly targetLow: number
  readonly targetHigh: number
  /** The frame that the only instruction ends in, where that is another page; else 0. */
  readonly secondFrame: number

  /** Links to the blocks that followed, good for the epoch. */
  taken: Block | undefined = undefined
  takenEpoch = 0
  next: Block | undefined = undefined
  nextEpoch = 0
  /** The code has been replaced. */
  dead = false
  /** The operations of a dead block. */
  saved: { readonly operations: readonly Operation[]; readonly fast: readonly Operation[] } | undefined =
    undefined

  constructor(parts: BlockParts) {
    this.page = parts.page
    this.offset = parts.offset
    this.count = parts.starts.length - 1
    this.starts = parts.starts
    this.operations = parts.operations
    this.fast = parts.fast
    this.targetLow = parts.targetLow
    this.targetHigh = parts.targetHigh
    this.secondFrame = parts.secondFrame
  }
}

export type BlockParts = {
  readonly page: CodePage
  readonly offset: number
  readonly starts: readonly number[]
  readonly operations: Operation[]
  readonly fast: Operation[]
  readonly targetLow: number
  readonly targetHigh: number
  readonly secondFrame: number
}

/** Makes every operation of a block send the processor back to look the code up again, also while the block runs. */
export function kill(block: Block): void {
  if (block.dead) return
  block.dead = true
  block.saved = { operations: block.operations.slice(), fast: block.fast.slice() }
  block.operations.fill(stale)
  block.fast.fill(stale)
}

/** Gives a dead block its operations back: its code is there again, at the same address. */
export function revive(block: Block): void {
  if (block.saved === undefined) return
  block.saved.operations.forEach((operation, n) => {
    block.operations[n] = operation
  })
  block.saved.fast.forEach((operation, n) => {
    block.fast[n] = operation
  })
  block.saved = undefined
  block.dead = false
}

const stale: Operation = () => -2
