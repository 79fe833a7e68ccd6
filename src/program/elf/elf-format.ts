// SPDX-License-Identifier: MIT
/** Numbers of the ELF64 file format (System V gABI chapters 4 and 5, x86-64 psABI §4) that are used here. */
export const elfHeader = { size: 64, programHeaderSize: 56, sectionHeaderSize: 64, symbolSize: 24 } as const

export const elfType = { executable: 2, shared: 3 } as const
export const machineX86 = 62
export const pageSize = 4096

export const programType = { load: 1, interpreter: 3, programHeaders: 6, stack: 0x6474e551 } as const
export const segmentFlag = { execute: 1, write: 2, read: 4 } as const

export const sectionType = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  relocations: 4,
  note: 7,
  nobits: 8,
  dynsym: 11,
  versionDefinitions: 0x6ffffffd,
  versionNeeds: 0x6ffffffe,
  versions: 0x6fffffff,
} as const
export const sectionFlag = { write: 1, alloc: 2, execute: 4, compressed: 0x800 } as const
export const sectionIndex = {
  undefined: 0,
  absolute: 0xfff1,
  firstReserved: 0xff00,
  extended: 0xffff,
} as const

export const symbolType = {
  none: 0,
  object: 1,
  function: 2,
  section: 3,
  file: 4,
  indirectFunction: 10,
} as const
export const symbolBinding = { local: 0, global: 1, weak: 2 } as const

/** End of the lower half: no user address lies at or above it (psABI §3.3.2). */
export const userAddressEnd = 1n << 47n

export type ProgramHeader = {
  readonly type: number
  readonly flags: number
  readonly offset: bigint
  readonly address: bigint
  readonly fileSize: bigint
  readonly memorySize: bigint
  readonly alignment: bigint
}

export type SectionHeader = {
  /** Offset of the name in the section names. */
  readonly name: number
  readonly type: number
  readonly flags: bigint
  readonly address: bigint
  readonly offset: bigint
  readonly size: bigint
  readonly link: number
  readonly info: number
  readonly alignment: bigint
  readonly entrySize: bigint
}

export type SymbolEntry = {
  readonly name: number
  readonly type: number
  readonly binding: number
  readonly section: number
  readonly value: bigint
  readonly size: bigint
}

export function readProgramHeader(view: DataView, at: number): ProgramHeader {
  return {
    type: view.getUint32(at, true),
    flags: view.getUint32(at + 4, true),
    offset: view.getBigUint64(at + 8, true),
    address: view.getBigUint64(at + 16, true),
    fileSize: view.getBigUint64(at + 32, true),
    memorySize: view.getBigUint64(at + 40, true),
    alignment: view.getBigUint64(at + 48, true),
  }
}

export function writeProgramHeader(view: DataView, at: number, header: ProgramHeader): void {
  view.setUint32(at, header.type, true)
  view.setUint32(at + 4, header.flags, true)
  view.setBigUint64(at + 8, header.offset, true)
  view.setBigUint64(at + 16, header.address, true)
  view.setBigUint64(at + 24, header.address, true)
  view.setBigUint64(at + 32, header.fileSize, true)
  view.setBigUint64(at + 40, header.memorySize, true)
  view.setBigUint64(at + 48, header.alignment, true)
}

export function readSectionHeader(view: DataView, at: number): SectionHeader {
  return {
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    flags: view.getBigUint64(at + 8, true),
    address: view.getBigUint64(at + 16, true),
    offset: view.getBigUint64(at + 24, true),
    size: view.getBigUint64(at + 32, true),
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
    alignment: view.getBigUint64(at + 48, true),
    entrySize: view.getBigUint64(at + 56, true),
  }
}

export function writeSectionHeader(view: DataView, at: number, header: SectionHeader): void {
  view.setUint32(at, header.name, true)
  view.setUint32(at + 4, header.type, true)
  view.setBigUint64(at + 8, header.flags, true)
  view.setBigUint64(at + 16, header.address, true)
  view.setBigUint64(at + 24, header.offset, true)
  view.setBigUint64(at + 32, header.size, true)
  view.setUint32(at + 40, header.link, true)
  view.setUint32(at + 44, header.info, true)
  view.setBigUint64(at + 48, header.alignment, true)
  view.setBigUint64(at + 56, header.entrySize, true)
}

export function readSymbolEntry(view: DataView, at: number): SymbolEntry {
  const info = view.getUint8(at + 4)
  return {
    name: view.getUint32(at, true),
    type: info & 15,
    binding: info >> 4,
    section: view.getUint16(at + 6, true),
    value: view.getBigUint64(at + 8, true),
    size: view.getBigUint64(at + 16, true),
  }
}

export function writeSymbolEntry(view: DataView, at: number, entry: SymbolEntry): void {
  view.setUint32(at, entry.name, true)
  view.setUint8(at + 4, (entry.binding << 4) | entry.type)
  view.setUint16(at + 6, entry.section, true)
  view.setBigUint64(at + 8, entry.value, true)
  view.setBigUint64(at + 16, entry.size, true)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
