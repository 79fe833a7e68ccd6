// SPDX-License-Identifier: MIT
import { inflateSync } from 'node:zlib'
import { type ElfFile, sectionBytes, sectionNamed } from '../elf/elf-file.ts'
import { sectionFlag, viewOf } from '../elf/elf-format.ts'

const sectionNames = [
  'info',
  'abbrev',
  'str',
  'line_str',
  'str_offsets',
  'addr',
  'ranges',
  'rnglists',
] as const

/** Debug sections by their names without `.debug_`, unpacked; empty where the file has none of that name. */
export type DebugSections = Readonly<Record<(typeof sectionNames)[number], Uint8Array>>

/** More debug information than this is not looked through: it would take minutes. */
export const mostDebugInfo = 1 << 28

/** Why a file's debug information cannot be read, as the rest of "debug information …". */
export type DebugHindrance =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }

export function readDebugSections(elf: ElfFile): DebugSections | DebugHindrance {
  const info = sectionNamed(elf, '.debug_info')
  if (!info) return elsewhere(elf)
  if (info.size > BigInt(mostDebugInfo))
    return { kind: 'unreadable', reason: `is too large to be looked through: ${info.size >> 20n} MiB` }
  const sections: Record<string, Uint8Array> = {}
  for (const name of sectionNames) {
    const bytes = unpacked(elf, `.debug_${name}`)
    if (!bytes)
      return { kind: 'unreadable', reason: `is packed in a way that is not known here (.debug_${name})` }
    sections[name] = bytes
  }
  return sections as DebugSections
}

export function isHindrance(value: DebugSections | DebugHindrance): value is DebugHindrance {
  return 'kind' in value
}

/** Distributions keep debug information in files of their own, whose name `.gnu_debuglink` has. */
function elsewhere(elf: ElfFile): DebugHindrance {
  const link = sectionNamed(elf, '.gnu_debuglink')
  const bytes = link && sectionBytes(elf, link)
  const end = bytes?.indexOf(0) ?? -1
  if (!bytes || end <= 0) return { kind: 'none' }
  const name = new TextDecoder().decode(bytes.subarray(0, end))
  return { kind: 'unreadable', reason: `is in another file, ${name}` }
}

/** Elf64_Chdr: kind, size and alignment, then the packed bytes. */
const packedHeader = 24
const zlib = 1

function unpacked(elf: ElfFile, name: string): Uint8Array | undefined {
  const section = sectionNamed(elf, name)
  if (!section) return new Uint8Array(0)
  const bytes = sectionBytes(elf, section)
  if ((section.flags & BigInt(sectionFlag.compressed)) === 0n) return bytes
  if (bytes.length < packedHeader || viewOf(bytes).getUint32(0, true) !== zlib) return undefined
  try {
    return new Uint8Array(inflateSync(bytes.subarray(packedHeader), { maxOutputLength: mostDebugInfo }))
  } catch {
    return undefined
  }
}
