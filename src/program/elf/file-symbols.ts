// SPDX-License-Identifier: MIT

import { type ElfFile, sectionBytes, textsOf } from './elf-file.ts'
import { elfHeader, readSymbolEntry, sectionIndex, sectionType, symbolType, viewOf } from './elf-format.ts'
import { readVersions } from './symbol-versions.ts'

/** A symbol as a file has it, imported ones included. */
export type FileSymbol = {
  /** Without its version. */
  readonly name: string
  /** `@VER`, or `@@VER` for the one that programs get that name none. */
  readonly version: string | undefined
  readonly address: bigint
  readonly size: number
  readonly kind: 'function' | 'indirect-function' | 'object' | 'none'
  readonly binding: 'local' | 'global' | 'weak'
  /** Defined in another file. */
  readonly imported: boolean
  /** Of a local symbol: the source file that the compiler noted. */
  readonly source: string | undefined
}

export type FileSymbols = {
  /** Where they are from: the dynamic table, of exported and imported names only, where the file is stripped. */
  readonly table: 'symtab' | 'dynsym' | 'none'
  readonly symbols: readonly FileSymbol[]
}

/** The symbols of a file, in the order of their table. Malformed tables count as missing, malformed names are left out. */
export function readFileSymbols(elf: ElfFile): FileSymbols {
  for (const table of ['symtab', 'dynsym'] as const) {
    const symbols = readTable(elf, table)
    if (symbols.length > 0) return { table, symbols }
  }
  return { table: 'none', symbols: [] }
}

const kinds = new Map<number, FileSymbol['kind']>([
  [symbolType.none, 'none'],
  [symbolType.object, 'object'],
  [symbolType.function, 'function'],
  [symbolType.indirectFunction, 'indirect-function'],
])
const bindings = ['local', 'global', 'weak'] as const

function readTable(elf: ElfFile, kind: 'symtab' | 'dynsym'): FileSymbol[] {
  const table = elf.sections.find(({ type }) => type === sectionType[kind])
  const names = table && elf.sections[table.link]
  if (!table || names?.type !== sectionType.strtab) return []
  const nameAt = textsOf(sectionBytes(elf, names))
  const bytes = sectionBytes(elf, table)
  const view = viewOf(bytes)
  const versions = kind === 'dynsym' ? readVersions(elf) : []
  const symbols: FileSymbol[] = []
  let source: string | undefined
  for (
    let at = 0, index = 0;
    at + elfHeader.symbolSize <= bytes.length;
    at += elfHeader.symbolSize, index++
  ) {
    const entry = readSymbolEntry(view, at)
    if (entry.type === symbolType.file) source = nameAt(entry.name)
    const symbolKind = kinds.get(entry.type)
    const inFile = entry.section < sectionIndex.firstReserved || entry.section === sectionIndex.extended
    const full = symbolKind && inFile ? nameAt(entry.name) : undefined
    if (!symbolKind || !full) continue
    const binding = bindings[entry.binding] ?? 'global'
    // The linker writes versions into the names of .symtab; .dynsym has them in a table beside it.
    const mark = full.indexOf('@', 1)
    const version = mark > 0 ? full.slice(mark) : versions[index]
    symbols.push({
      name: mark > 0 ? full.slice(0, mark) : full,
      version,
      address: entry.value,
      size: Number(entry.size),
      kind: symbolKind,
      binding,
      imported: entry.section === sectionIndex.undefined,
      source: binding === 'local' ? source || undefined : undefined,
    })
  }
  return symbols
}
