// SPDX-License-Identifier: MIT
import type { Result } from '../../diagnostics/diagnostic.ts'
import type { Image } from '../image.ts'
import { elfHeader, readSectionHeader, type SectionHeader, sectionIndex, viewOf } from './elf-format.ts'
import type { FileBytes } from './file-bytes.ts'
import { broken, type ElfHeaders, type Fault, faultDiagnostic, isFault, readHeaders } from './read-headers.ts'

export type FileSection = Omit<SectionHeader, 'name'> & { readonly name: string }

/** An ELF file that is looked into, not started: its headers, and the way to all else. */
export type ElfFile = Pick<Image, 'name' | 'positionIndependent' | 'segments' | 'interpreter'> & {
  readonly file: FileBytes
  /** By index; the first is the null section. Empty where the file has none. */
  readonly sections: readonly FileSection[]
}

/** Reads the headers of an ELF64 file for x86-64. Sections may be missing altogether; segments may not. */
export function openElf(file: FileBytes, name: string): Result<ElfFile> {
  const headers = readHeaders(file)
  const sections = isFault(headers) ? headers : readSections(headers, file)
  if (isFault(headers) || isFault(sections)) {
    const fault = isFault(headers) ? headers : (sections as Fault)
    return { ok: false, diagnostics: [faultDiagnostic(name, fault, 'probed')] }
  }
  const { positionIndependent, segments, interpreter } = headers
  return {
    ok: true,
    value: { name, positionIndependent, segments, ...(interpreter && { interpreter }), file, sections },
  }
}

export function sectionNamed({ sections }: ElfFile, name: string): FileSection | undefined {
  return sections.find(section => section.name === name)
}

/** A copy of a section's bytes as they are in the file; empty where they are not all there. */
export function sectionBytes({ file }: ElfFile, { offset, size }: FileSection): Uint8Array {
  if (offset + size > BigInt(file.size)) return new Uint8Array(0)
  return new Uint8Array(file.read(Number(offset), Number(size)))
}

/** Bytes at a link-time address, at most `length`, fewer at the end of what the file holds for the segment. */
export function bytesAt(
  { file, segments }: ElfFile,
  address: bigint,
  length: number,
): Uint8Array | undefined {
  const segment = segments.find(
    ({ address: start, fileSize }) => address >= start && address < start + BigInt(fileSize),
  )
  if (!segment) return undefined
  const within = Number(address - segment.address)
  return file.read(segment.fileOffset + within, Math.min(length, segment.fileSize - within))
}

function readSections({ header }: ElfHeaders, file: FileBytes): FileSection[] | Fault {
  const start = header.getBigUint64(40, true)
  if (start === 0n) return []
  const { sectionHeaderSize } = elfHeader
  if (header.getUint16(58, true) !== sectionHeaderSize) return broken('its section headers have a wrong size')
  const first = start + BigInt(sectionHeaderSize) <= BigInt(file.size)
  if (!first) return broken('its section headers lie outside the file')
  // A file with very many sections says how many in the first one (System V gABI, "ELF Header").
  const zeroth = readSectionHeader(viewOf(file.read(Number(start), sectionHeaderSize)), 0)
  const count = header.getUint16(60, true) || Number(zeroth.size)
  const length = count * sectionHeaderSize
  if (start + BigInt(length) > BigInt(file.size)) return broken('its section headers lie outside the file')
  const view = viewOf(new Uint8Array(file.read(Number(start), length)))
  const plain = Array.from({ length: count }, (_, index) =>
    readSectionHeader(view, index * sectionHeaderSize),
  )
  const names = plain[namesIndex(header.getUint16(62, true), zeroth)]
  if (names && names.offset + names.size > BigInt(file.size))
    return broken('the names of its sections lie outside the file')
  const text = new Uint8Array(names ? file.read(Number(names.offset), Number(names.size)) : [])
  return plain.map(section => ({ ...section, name: textAt(text, section.name) ?? '' }))
}

function namesIndex(index: number, zeroth: SectionHeader): number {
  return index === sectionIndex.extended ? zeroth.link : index
}

/** The text that ends with NUL at an offset of a table; undefined outside the table or without end. */
export function textAt(table: Uint8Array, at: number): string | undefined {
  return textsOf(table)(at)
}

/** `textAt` for a table that is asked often. */
export function textsOf(table: Uint8Array): (at: number) => string | undefined {
  const buffer = Buffer.from(table.buffer, table.byteOffset, table.byteLength)
  return at => {
    const end = at < buffer.length ? buffer.indexOf(0, at) : -1
    return end < 0 ? undefined : buffer.toString('utf8', at, end)
  }
}
