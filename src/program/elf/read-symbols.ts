// SPDX-License-Identifier: MIT
import type { ImageSymbol, Segment } from '../image.ts'
import {
  elfHeader,
  readSectionHeader,
  readSymbolEntry,
  type SectionHeader,
  type SymbolEntry,
  sectionIndex,
  sectionType,
  symbolType,
  viewOf,
} from './elf-format.ts'

/**
 * The named addresses of a program: its symbol table, or the dynamic one where it was stripped. Absolute, section,
 * file and thread-local symbols are left out: they name no address. A text says what is malformed.
 */
export function readSymbols(
  bytes: Uint8Array,
  segments: readonly Segment[],
): readonly ImageSymbol[] | string {
  const view = viewOf(bytes)
  const sections = readSections(view)
  if (typeof sections === 'string') return sections
  const table =
    sections.find(({ type }) => type === sectionType.symtab) ??
    sections.find(({ type }) => type === sectionType.dynsym)
  if (!table) return []
  const names = sections[table.link]
  if (names?.type !== sectionType.strtab) return 'its symbol table has no table of names'
  if (table.entrySize !== BigInt(elfHeader.symbolSize)) return 'its symbols have a wrong size'
  if (!inside(table, bytes) || !inside(names, bytes)) return 'its symbol table lies outside the file'
  const text = bytes.subarray(Number(names.offset), Number(names.offset + names.size))
  const symbols: ImageSymbol[] = []
  for (let at = 0; at + elfHeader.symbolSize <= Number(table.size); at += elfHeader.symbolSize) {
    const entry = readSymbolEntry(view, Number(table.offset) + at)
    const type = typeOf(entry)
    if (type === undefined) continue
    const name = nameAt(text, entry.name)
    if (name === undefined) return 'the name of a symbol lies outside the table of names'
    if (entry.size > BigInt(Number.MAX_SAFE_INTEGER)) return `symbol \`${name}\` has an absurd size`
    const indirect = entry.type === symbolType.indirectFunction ? { indirect: true as const } : {}
    if (name !== '') symbols.push({ name, ...placeOf(entry, segments), type, ...indirect })
  }
  return symbols
}

function readSections(view: DataView): SectionHeader[] | string {
  const start = view.getBigUint64(40, true)
  const count = view.getUint16(60, true)
  if (start === 0n || count === 0) return []
  if (view.getUint16(58, true) !== elfHeader.sectionHeaderSize) return 'its section headers have a wrong size'
  if (start + BigInt(count * elfHeader.sectionHeaderSize) > BigInt(view.byteLength))
    return 'its section headers lie outside the file'
  return Array.from({ length: count }, (_, index) =>
    readSectionHeader(view, Number(start) + index * elfHeader.sectionHeaderSize),
  )
}

function inside({ offset, size }: SectionHeader, bytes: Uint8Array): boolean {
  return offset + size <= BigInt(bytes.length)
}

function typeOf({ type, section }: SymbolEntry): ImageSymbol['type'] | undefined {
  if (section === sectionIndex.undefined || section >= sectionIndex.firstReserved) return undefined
  if (type === symbolType.function || type === symbolType.indirectFunction) return 'function'
  if (type === symbolType.object) return 'object'
  return type === symbolType.none ? 'none' : undefined
}

/** Names of this length are no names; reading many such would take all memory. */
const longestName = 65536

function nameAt(names: Uint8Array, at: number): string | undefined {
  const end = names.indexOf(0, at)
  return at >= names.length || end < 0 || end - at > longestName
    ? undefined
    : new TextDecoder().decode(names.subarray(at, end))
}

function placeOf(
  { value, size }: SymbolEntry,
  segments: readonly Segment[],
): Pick<ImageSymbol, 'address' | 'size' | 'fileOffset'> {
  const home = segments.find(
    ({ address, fileSize }) => value >= address && value < address + BigInt(fileSize),
  )
  const fileOffset = home && home.fileOffset + Number(value - home.address)
  return { address: value, size: Number(size), ...(fileOffset === undefined ? {} : { fileOffset }) }
}
