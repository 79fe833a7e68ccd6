// SPDX-License-Identifier: MIT
import {
  elfHeader,
  pageSize,
  programType,
  readProgramHeader,
  readSectionHeader,
  type SectionHeader,
  sectionFlag,
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

/** What is added to a finished program. Both addresses are multiples of 4096 behind all that the program loads. */
export type Addition = {
  readonly entry: bigint
  /** Becomes a segment to read and execute. Its first `roomForHeaders` bytes are replaced by the program headers. */
  readonly code: { readonly name: string; readonly address: bigint; readonly bytes: Uint8Array }
  /** Becomes a segment to read and write, of zeros. */
  readonly data: { readonly name: string; readonly address: bigint; readonly size: number }
  readonly symbols: readonly {
    readonly name: string
    readonly address: bigint
    readonly size: number
    readonly home: 'code' | 'data'
  }[]
}

/** Bytes that the program headers will need in the added code: they get two more, and no room where they were. */
export function roomForHeaders(bytes: Uint8Array): number {
  return (viewOf(bytes).getUint16(56, true) + 2) * elfHeader.programHeaderSize
}

/**
 * Adds a segment of code, one of zeros and symbols to a readable ELF program. What the file had keeps its place; the
 * tables that grow move to the end.
 */
export function appendElf(original: Uint8Array, addition: Addition): Uint8Array {
  const old = viewOf(original)
  const codeAt = Math.ceil(original.length / pageSize) * pageSize
  const code = Uint8Array.from(addition.code.bytes)
  const headerCount = writeProgramHeaders(old, viewOf(code), addition, codeAt)
  const file = new GrowingFile(original, codeAt, code)
  const header = viewOf(file.header)
  header.setBigUint64(24, addition.entry, true)
  header.setBigUint64(32, BigInt(codeAt), true)
  header.setUint16(56, headerCount, true)
  const sectionCount = old.getUint16(60, true)
  if (sectionCount > 0) {
    const sections = appendSections(old, original, addition, codeAt, file)
    header.setBigUint64(40, BigInt(file.append(sections, 8)), true)
    header.setUint16(60, sectionCount + 2, true)
  }
  return file.bytes()
}

/** Writes the old program headers and two more to the start of the code; gives their number. */
function writeProgramHeaders(old: DataView, code: DataView, addition: Addition, codeAt: number): number {
  const oldCount = old.getUint16(56, true)
  const start = Number(old.getBigUint64(32, true))
  const size = BigInt((oldCount + 2) * elfHeader.programHeaderSize)
  for (let index = 0; index < oldCount; index++) {
    const header = readProgramHeader(old, start + index * elfHeader.programHeaderSize)
    const own = { offset: BigInt(codeAt), address: addition.code.address, fileSize: size, memorySize: size }
    const moved = header.type === programType.programHeaders ? { ...header, ...own } : header
    writeProgramHeader(code, index * elfHeader.programHeaderSize, moved)
  }
  const load = { type: programType.load, offset: BigInt(codeAt), alignment: BigInt(pageSize) }
  writeProgramHeader(code, oldCount * elfHeader.programHeaderSize, {
    ...load,
    flags: segmentFlag.read | segmentFlag.execute,
    address: addition.code.address,
    fileSize: BigInt(code.byteLength),
    memorySize: BigInt(code.byteLength),
  })
  writeProgramHeader(code, (oldCount + 1) * elfHeader.programHeaderSize, {
    ...load,
    flags: segmentFlag.read | segmentFlag.write,
    address: addition.data.address,
    fileSize: 0n,
    memorySize: BigInt(addition.data.size),
  })
  return oldCount + 2
}

/** Section headers with two more, and new copies of the symbol table and the two tables of names. */
function appendSections(
  old: DataView,
  original: Uint8Array,
  addition: Addition,
  codeAt: number,
  file: GrowingFile,
): Uint8Array {
  const count = old.getUint16(60, true)
  const start = Number(old.getBigUint64(40, true))
  const headers = Array.from({ length: count }, (_, index) =>
    readSectionHeader(old, start + index * elfHeader.sectionHeaderSize),
  )
  const content = ({ offset, size }: SectionHeader): Uint8Array =>
    original.subarray(Number(offset), Number(offset + size))
  const replace = (index: number, bytes: Uint8Array): void => {
    const offset = BigInt(file.append(bytes, 8))
    headers[index] = { ...headers[index]!, offset, size: BigInt(bytes.length) }
  }
  const namesIndex = old.getUint16(62, true)
  const names = new StringTable(content(headers[namesIndex]!))
  const plain = { offset: BigInt(codeAt), link: 0, info: 0, alignment: BigInt(pageSize), entrySize: 0n }
  headers.push({
    ...plain,
    name: names.add(addition.code.name),
    type: sectionType.progbits,
    flags: BigInt(sectionFlag.alloc | sectionFlag.execute),
    address: addition.code.address,
    size: BigInt(addition.code.bytes.length),
  })
  headers.push({
    ...plain,
    name: names.add(addition.data.name),
    type: sectionType.nobits,
    flags: BigInt(sectionFlag.alloc | sectionFlag.write),
    address: addition.data.address,
    size: BigInt(addition.data.size),
  })
  replace(namesIndex, names.bytes())
  const symbolsIndex = headers.findIndex(({ type }) => type === sectionType.symtab)
  const table = headers[symbolsIndex]
  if (table) {
    const symbolNames = new StringTable(content(headers[table.link]!))
    replace(symbolsIndex, withSymbols(content(table), addition, symbolNames, count))
    replace(table.link, symbolNames.bytes())
  }
  const bytes = new Uint8Array(headers.length * elfHeader.sectionHeaderSize)
  for (const [index, header] of headers.entries()) {
    writeSectionHeader(viewOf(bytes), index * elfHeader.sectionHeaderSize, header)
  }
  return bytes
}

/** Global symbols stand behind all others, so the table only grows at its end. */
function withSymbols(
  table: Uint8Array,
  addition: Addition,
  names: StringTable,
  codeSection: number,
): Uint8Array {
  const bytes = new Uint8Array(table.length + addition.symbols.length * elfHeader.symbolSize)
  bytes.set(table)
  for (const [index, { name, address, size, home }] of addition.symbols.entries()) {
    writeSymbolEntry(viewOf(bytes), table.length + index * elfHeader.symbolSize, {
      name: names.add(name),
      type: home === 'code' ? symbolType.function : symbolType.object,
      binding: symbolBinding.global,
      section: home === 'code' ? codeSection : codeSection + 1,
      value: address,
      size: BigInt(size),
    })
  }
  return bytes
}

/** The original, the code at its page, and what is appended behind it. */
class GrowingFile {
  readonly header: Uint8Array
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[]
  #end: number

  constructor(original: Uint8Array, codeAt: number, code: Uint8Array) {
    this.header = Uint8Array.from(original.subarray(0, elfHeader.size))
    this.#parts = [
      { at: 0, bytes: original },
      { at: 0, bytes: this.header },
      { at: codeAt, bytes: code },
    ]
    this.#end = codeAt + code.length
  }

  append(bytes: Uint8Array, alignment: number): number {
    const at = Math.ceil(this.#end / alignment) * alignment
    this.#parts.push({ at, bytes })
    this.#end = at + bytes.length
    return at
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#end)
    for (const { at, bytes } of this.#parts) all.set(bytes, at)
    return all
  }
}
