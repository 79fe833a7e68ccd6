// SPDX-License-Identifier: MIT
import type { Image, ImageSymbol } from './image.ts'

/**
 * The symbol of that name; where the name repeats (static functions), the first in the table. The default version of a symbol may be
 * named, too: `memcpy@@GLIBC_2.14`.
 */
export function findSymbol(image: Image, name: string): ImageSymbol | undefined {
  const found = image.symbols.find(symbol => symbol.name === name)
  const [, bare, version] = found ? [] : (/^([^@]+)@@?([^@]+)$/.exec(name) ?? [])
  if (bare === undefined) return found
  return image.symbols.find(symbol => symbol.name === bare && symbol.version === version)
}

export type SymbolInFile = ImageSymbol & { readonly fileOffset: number }

/** Symbols that have bytes in the file, in the order of their places; of several at one place the last is the one to show. */
export function symbolsInFile({ symbols }: Image): readonly SymbolInFile[] {
  return symbols
    .filter((symbol): symbol is SymbolInFile => symbol.fileOffset !== undefined && symbol.name !== '')
    .sort((a, b) => a.fileOffset - b.fileOffset || underscores(b.name) - underscores(a.name))
}

/** Names for internal use (`__libc_malloc`) begin with more of them. */
function underscores(name: string): number {
  return /^_*/.exec(name)![0].length
}

export type Place = { readonly symbol: ImageSymbol; readonly offset: bigint }

/**
 * The symbol that an address lies in. A symbol of size 0 reaches to the next one in its segment. Of several at one
 * place a function is preferred, then the first in the table.
 */
export function symbolAt(image: Image, address: bigint): Place | undefined {
  const segment = image.segments.find(({ address: start, memorySize }) => within(address, start, memorySize))
  if (!segment) return undefined
  let best: ImageSymbol | undefined
  for (const symbol of image.symbols) {
    if (symbol.address > address || !within(symbol.address, segment.address, segment.memorySize)) continue
    if (symbol.size > 0 && !within(address, symbol.address, symbol.size)) continue
    if (!best || symbol.address > best.address || better(symbol, best)) best = symbol
  }
  return best && { symbol: best, offset: address - best.address }
}

/** `symbol+0xoff`; `symbol` alone at its start; `0xaddress` outside every symbol. */
export function symbolise(image: Image, address: bigint): string {
  const place = symbolAt(image, address)
  if (!place) return `0x${address.toString(16)}`
  return place.offset === 0n ? place.symbol.name : `${place.symbol.name}+0x${place.offset.toString(16)}`
}

/** Offset in the file of the byte at a link-time address; undefined where no byte of the file is loaded. */
export function fileOffsetOf(image: Pick<Image, 'segments'>, address: bigint): number | undefined {
  const segment = image.segments.find(({ address: start, fileSize }) => within(address, start, fileSize))
  return segment && segment.fileOffset + Number(address - segment.address)
}

/** Link-time address of a byte of the file; an executable segment is preferred where several load it. */
export function addressOf(image: Pick<Image, 'segments'>, fileOffset: number): bigint | undefined {
  const holding = image.segments.filter(
    segment => fileOffset >= segment.fileOffset && fileOffset < segment.fileOffset + segment.fileSize,
  )
  const segment = holding.find(({ execute }) => execute) ?? holding[0]
  return segment && segment.address + BigInt(fileOffset - segment.fileOffset)
}

function better(symbol: ImageSymbol, other: ImageSymbol): boolean {
  return symbol.address === other.address && symbol.type === 'function' && other.type !== 'function'
}

function within(address: bigint, start: bigint, size: number): boolean {
  return address >= start && address < start + BigInt(size)
}
