// SPDX-License-Identifier: MIT
import type { AddressSpace } from '../kernel/kernel.ts'
import type { Image } from '../program/image.ts'
import { type SymbolInFile, symbolsInFile } from '../program/symbols.ts'

/**
 * Names the place of an address: `calc:add+0x4` in the text or data of a known binary, `[uprobes]+0x80` in a named mapping, hex elsewhere.
 * Symbols are found through the file offset, so that the name is right at any load bias. `images` is keyed by guest path.
 */
export function placeNamer(
  images: ReadonlyMap<string, Image>,
): (mm: AddressSpace, address: bigint) => string {
  const tables = new Map<string, SymbolTable>()
  for (const [path, image] of images) tables.set(path, symbolTable(image))

  return (mm, address) => {
    const at = Number(address)
    const vma = mm.vmaAt(at)
    if (!vma) return hex(address)
    const table = vma.inode && tables.get(vma.inode.path)
    if (table) return nameInImage(table, at - vma.start + vma.fileOffset)
    const { name } = vma
    if (name.startsWith('[') && name !== '[stack]') return withOffset(name, BigInt(at - vma.start))
    return hex(address)
  }
}

type SymbolTable = {
  readonly name: string
  readonly symbols: readonly SymbolInFile[]
  /** Names that have been asked for, by file offset. */
  readonly known: Map<number, string>
}

function symbolTable(image: Image): SymbolTable {
  return { name: image.name, symbols: symbolsInFile(image), known: new Map() }
}

function nameInImage(table: SymbolTable, offset: number): string {
  const known = table.known.get(offset)
  if (known !== undefined) return known
  const name = findName(table, BigInt(offset))
  table.known.set(offset, name)
  return name
}

function findName(table: SymbolTable, offset: bigint): string {
  let low = 0
  let high = table.symbols.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (BigInt(table.symbols[middle]!.fileOffset) <= offset) low = middle + 1
    else high = middle
  }
  const symbol = table.symbols[low - 1]
  if (!symbol) return `${table.name}+${hex(offset)}`
  return withOffset(`${table.name}:${symbol.name}`, offset - BigInt(symbol.fileOffset))
}

function withOffset(name: string, offset: bigint): string {
  return offset === 0n ? name : `${name}+${hex(offset)}`
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}
