// SPDX-License-Identifier: MIT

import { type ElfFile, type FileSection, sectionBytes, textAt } from './elf-file.ts'
import { sectionType, viewOf } from './elf-format.ts'

/** In the index of a symbol: not the version that programs get that name none (LSB core, "Symbol Versioning"). */
const hidden = 0x8000

/**
 * The version of each dynamic symbol, by its index, as it is written behind a name: `@@GLIBC_2.14`, `@GLIBC_2.2.5`, or `@VER` for what
 * is imported. Undefined for symbols without one.
 */
export function readVersions(elf: ElfFile): readonly (string | undefined)[] {
  const section = elf.sections.find(({ type }) => type === sectionType.versions)
  if (!section) return []
  const names = new Map([...definedVersions(elf), ...neededVersions(elf)])
  const view = viewOf(sectionBytes(elf, section))
  return Array.from({ length: view.byteLength >> 1 }, (_, index) => {
    const number = view.getUint16(index * 2, true)
    const name = names.get(number & ~hidden)
    return name && `${number & hidden || name.needed ? '@' : '@@'}${name.text}`
  })
}

type Version = { readonly text: string; readonly needed: boolean }

/** Elf64_Verdef and the first Elf64_Verdaux of each. */
function definedVersions(elf: ElfFile): [number, Version][] {
  const found: [number, Version][] = []
  eachRecord(elf, sectionType.versionDefinitions, 20, 16, (view, at, text) => {
    const isFile = (view.getUint16(at + 2, true) & 1) !== 0
    const aux = at + view.getUint32(at + 12, true)
    const name = aux + 8 <= view.byteLength ? textAt(text, view.getUint32(aux, true)) : undefined
    if (!isFile && name) found.push([view.getUint16(at + 4, true) & ~hidden, { text: name, needed: false }])
  })
  return found
}

/** Elf64_Verneed and every Elf64_Vernaux of each. */
function neededVersions(elf: ElfFile): [number, Version][] {
  const found: [number, Version][] = []
  eachRecord(elf, sectionType.versionNeeds, 16, 12, (view, at, text) => {
    let aux = at + view.getUint32(at + 8, true)
    for (let left = view.getUint16(at + 2, true); left > 0 && aux + 16 <= view.byteLength; left--) {
      const name = textAt(text, view.getUint32(aux + 8, true))
      if (name) found.push([view.getUint16(aux + 6, true) & ~hidden, { text: name, needed: true }])
      const next = view.getUint32(aux + 12, true)
      if (next === 0) break
      aux += next
    }
  })
  return found
}

/** Goes through a chain of records; where the link to the next one is depends on their kind. */
function eachRecord(
  elf: ElfFile,
  type: number,
  size: number,
  nextAt: number,
  visit: (view: DataView, at: number, text: Uint8Array) => void,
): void {
  const section: FileSection | undefined = elf.sections.find(candidate => candidate.type === type)
  const names = section && elf.sections[section.link]
  if (!section || !names) return
  const text = sectionBytes(elf, names)
  const view = viewOf(sectionBytes(elf, section))
  let at = 0
  for (let left = section.info; left > 0 && at + size <= view.byteLength; left--) {
    visit(view, at, text)
    const next = view.getUint32(at + nextAt, true)
    if (next === 0) return
    at += next
  }
}
