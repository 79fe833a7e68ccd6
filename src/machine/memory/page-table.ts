// SPDX-License-Identifier: MIT
import type { PageTable, PageTableEntry } from '../machine.ts'

/** Bits of a packed entry, below the frame number. Zero is no entry. */
export const Packed = { read: 1, write: 2, execute: 4, user: 8, frameShift: 4 } as const

const chunkPages = 512

/** A page table that the processor can walk. */
export type WalkablePageTable = PageTable & {
  /** The packed entry of a page, or 0. */
  walk(page: number): number
}

/** `changed` hears of a page whose entry has been replaced, with the packed entries before and after. */
export function createPageTable(
  changed: (table: WalkablePageTable, page: number, before: number, after: number) => void,
): WalkablePageTable {
  const chunks = new Map<number, Int32Array>()
  let sorted: number[] | undefined

  const walk = (page: number): number => {
    const chunk = chunks.get(Math.floor(page / chunkPages))
    return chunk === undefined ? 0 : chunk[page % chunkPages]!
  }
  const replace = (page: number, packed: number): void => {
    const number = Math.floor(page / chunkPages)
    let chunk = chunks.get(number)
    if (chunk === undefined) {
      if (packed === 0) return
      chunks.set(number, (chunk = new Int32Array(chunkPages)))
      sorted = undefined
    }
    const before = chunk[page % chunkPages]!
    if (before === packed) return
    chunk[page % chunkPages] = packed
    changed(table, page, before, packed)
  }

  const table: WalkablePageTable = {
    walk,
    get: page => {
      const packed = walk(page)
      return packed === 0 ? undefined : unpack(packed)
    },
    frameOf(page, right) {
      const packed = walk(page)
      const has = right === undefined ? packed !== 0 : (packed & Packed[right]) !== 0
      return has ? packed >>> Packed.frameShift : undefined
    },
    set: (page, entry) => replace(page, pack(entry)),
    clear: page => replace(page, 0),
    pages(from, to) {
      const found: number[] = []
      sorted ??= [...chunks.keys()].sort((a, b) => a - b)
      for (const number of sorted) {
        const first = number * chunkPages
        if (first + chunkPages <= from || first >= to) continue
        const chunk = chunks.get(number)!
        for (let at = Math.max(0, from - first); at < chunkPages && first + at < to; at++)
          if (chunk[at] !== 0) found.push(first + at)
      }
      return found
    },
    dispose() {
      for (const page of table.pages(0, Number.MAX_SAFE_INTEGER)) replace(page, 0)
      chunks.clear()
      sorted = undefined
    },
  }
  return table
}

function pack(entry: PageTableEntry): number {
  return (
    (entry.frame << Packed.frameShift) |
    (entry.read ? Packed.read : 0) |
    (entry.write ? Packed.write : 0) |
    (entry.execute ? Packed.execute : 0) |
    (entry.user ? Packed.user : 0)
  )
}

function unpack(packed: number): PageTableEntry {
  return {
    frame: packed >>> Packed.frameShift,
    read: (packed & Packed.read) !== 0,
    write: (packed & Packed.write) !== 0,
    execute: (packed & Packed.execute) !== 0,
    user: (packed & Packed.user) !== 0,
  }
}
