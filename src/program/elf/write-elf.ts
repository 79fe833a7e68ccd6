// SPDX-License-Identifier: MIT
import type { Segment } from '../image.ts'
import {
  elfHeader,
  elfType,
  machineX86,
  pageSize,
  programType,
  sectionFlag,
  sectionIndex,
  sectionType,
  segmentFlag,
  symbolBinding,
  symbolType,
  viewOf,
  writeProgramHeader,
  writeSectionHeader,
  writeSymbolEntry,
} from './elf-format.ts'
import { StringTable } from './string-table.ts'

export type ElfSection = {
  readonly name: string
  readonly address: bigint
  /** Bytes in memory. */
  readonly size: number
  /** Absent: the section has no bytes in the file (`.bss`). */
  readonly bytes?: Uint8Array
  /** Where the bytes lie in the file; sections that are not loaded are placed by the writer. */
  readonly fileOffset?: number
  readonly alignment: number
  /** Part of the running program. */
  readonly loaded: boolean
  readonly write: boolean
  readonly execute: boolean
}

export type ElfSymbol = {
  readonly name: string
  readonly address: bigint
  readonly size: number
  readonly type: 'function' | 'object' | 'none'
  readonly binding: 'local' | 'global' | 'weak'
  /** Index into the sections, or none for an absolute value. */
  readonly section?: number
}

export type ElfContents = {
  readonly positionIndependent: boolean
  readonly entry: bigint
  readonly segments: readonly Segment[]
  readonly sections: readonly ElfSection[]
  readonly symbols: readonly ElfSymbol[]
}

/**
 * Bytes of a static ELF64 program: header, program headers, the sections at their file offsets, then symbol table,
 * names and section headers. The layout is the caller's; the headers must fit before the first section.
 */
export function writeElf(contents: ElfContents): Uint8Array<ArrayBuffer> {
  const { sections, segments } = contents
  const names = new StringTable()
  const symbolNames = new StringTable()
  const symbols = symbolTable(contents.symbols, symbolNames)
  const headersEnd = elfHeader.size + (segments.length + 1) * elfHeader.programHeaderSize
  let end = Math.max(
    headersEnd,
    ...sections.map(({ fileOffset = 0, bytes: content }) => (content ? fileOffset + content.length : 0)),
    ...segments.map(({ fileOffset, fileSize }) => fileOffset + fileSize),
  )
  const place = (length: number, alignment: number): number => {
    const at = Math.ceil(end / alignment) * alignment
    end = at + length
    return at
  }
  const placed = sections.map(section => ({
    ...section,
    at: section.fileOffset ?? place(section.bytes?.length ?? 0, section.alignment),
    nameAt: names.add(section.name),
  }))
  const [symbolsName, symbolNamesName, namesName] = [
    names.add('.symtab'),
    names.add('.strtab'),
    names.add('.shstrtab'),
  ]
  const symbolsAt = place(symbols.bytes.length, 8)
  const symbolNamesAt = place(symbolNames.bytes().length, 1)
  const namesAt = place(names.bytes().length, 1)
  const sectionCount = sections.length + 4
  const headersAt = place(sectionCount * elfHeader.sectionHeaderSize, 8)

  const bytes = new Uint8Array(end)
  const view = viewOf(bytes)
  writeHeader(view, contents, headersAt, sectionCount)
  writeProgramHeaders(view, segments)
  for (const { bytes: content, at } of placed) if (content) bytes.set(content, at)
  bytes.set(symbols.bytes, symbolsAt)
  bytes.set(symbolNames.bytes(), symbolNamesAt)
  bytes.set(names.bytes(), namesAt)

  let index = 1
  const header = (entry: Parameters<typeof writeSectionHeader>[2]): void =>
    writeSectionHeader(view, headersAt + index++ * elfHeader.sectionHeaderSize, entry)
  const plain = { flags: 0n, address: 0n, link: 0, info: 0, alignment: 1n, entrySize: 0n }
  for (const section of placed) {
    header({
      ...plain,
      name: section.nameAt,
      type: section.bytes ? sectionType.progbits : sectionType.nobits,
      flags: BigInt(
        (section.loaded ? sectionFlag.alloc : 0) |
          (section.write ? sectionFlag.write : 0) |
          (section.execute ? sectionFlag.execute : 0),
      ),
      address: section.address,
      offset: BigInt(section.at),
      size: BigInt(section.size),
      alignment: BigInt(section.alignment),
    })
  }
  header({
    ...plain,
    name: symbolsName,
    type: sectionType.symtab,
    offset: BigInt(symbolsAt),
    size: BigInt(symbols.bytes.length),
    link: sections.length + 2,
    info: symbols.firstGlobal,
    alignment: 8n,
    entrySize: BigInt(elfHeader.symbolSize),
  })
  const text = { ...plain, type: sectionType.strtab }
  header({
    ...text,
    name: symbolNamesName,
    offset: BigInt(symbolNamesAt),
    size: BigInt(symbolNames.bytes().length),
  })
  header({ ...text, name: namesName, offset: BigInt(namesAt), size: BigInt(names.bytes().length) })
  return bytes
}

function symbolTable(
  symbols: readonly ElfSymbol[],
  names: StringTable,
): { bytes: Uint8Array; firstGlobal: number } {
  const locals = symbols.filter(({ binding }) => binding === 'local')
  const ordered = [...locals, ...symbols.filter(({ binding }) => binding !== 'local')]
  const bytes = new Uint8Array((ordered.length + 1) * elfHeader.symbolSize)
  const view = viewOf(bytes)
  for (const [index, symbol] of ordered.entries()) {
    writeSymbolEntry(view, (index + 1) * elfHeader.symbolSize, {
      name: names.add(symbol.name),
      type: symbolType[symbol.type],
      binding: symbolBinding[symbol.binding],
      section: symbol.section === undefined ? sectionIndex.absolute : symbol.section + 1,
      value: symbol.address,
      size: BigInt(symbol.size),
    })
  }
  return { bytes, firstGlobal: locals.length + 1 }
}

function writeHeader(
  view: DataView,
  contents: ElfContents,
  sectionHeadersAt: number,
  sectionCount: number,
): void {
  view.setUint32(0, 0x7f454c46)
  view.setUint8(4, 2)
  view.setUint8(5, 1)
  view.setUint8(6, 1)
  view.setUint16(16, contents.positionIndependent ? elfType.shared : elfType.executable, true)
  view.setUint16(18, machineX86, true)
  view.setUint32(20, 1, true)
  view.setBigUint64(24, contents.entry, true)
  view.setBigUint64(32, BigInt(elfHeader.size), true)
  view.setBigUint64(40, BigInt(sectionHeadersAt), true)
  view.setUint16(52, elfHeader.size, true)
  view.setUint16(54, elfHeader.programHeaderSize, true)
  view.setUint16(56, contents.segments.length + 1, true)
  view.setUint16(58, elfHeader.sectionHeaderSize, true)
  view.setUint16(60, sectionCount, true)
  view.setUint16(62, sectionCount - 1, true)
}

/** The segments, and one that asks for a stack without execute permission as every linker does today. */
function writeProgramHeaders(view: DataView, segments: readonly Segment[]): void {
  let at: number = elfHeader.size
  for (const { address, fileOffset, fileSize, memorySize, ...rights } of segments) {
    writeProgramHeader(view, at, {
      type: programType.load,
      flags: segmentFlags(rights),
      offset: BigInt(fileOffset),
      address,
      fileSize: BigInt(fileSize),
      memorySize: BigInt(memorySize),
      alignment: BigInt(pageSize),
    })
    at += elfHeader.programHeaderSize
  }
  const flags = segmentFlag.read | segmentFlag.write
  const nothing = { offset: 0n, address: 0n, fileSize: 0n, memorySize: 0n, alignment: 16n }
  writeProgramHeader(view, at, { type: programType.stack, flags, ...nothing })
}

export function segmentFlags(rights: Pick<Segment, 'read' | 'write' | 'execute'>): number {
  return (
    (rights.read ? segmentFlag.read : 0) |
    (rights.write ? segmentFlag.write : 0) |
    (rights.execute ? segmentFlag.execute : 0)
  )
}
