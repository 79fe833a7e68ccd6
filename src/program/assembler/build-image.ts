// SPDX-License-Identifier: MIT
import { readElf } from '../elf/read-elf.ts'
import { type ElfSection, type ElfSymbol, writeElf } from '../elf/write-elf.ts'
import type { Image, Segment } from '../image.ts'
import type { Assembly } from './assembly.ts'
import { evaluate, relocations, sumOf } from './expression.ts'
import { addressOf, pageSize, type SectionGroup } from './layout.ts'
import type { Section } from './section.ts'
import type { AssemblySymbol } from './symbol.ts'

export type BuildOptions = { readonly name: string; readonly base: bigint; readonly pie: boolean }

/** Makes the ELF file of an assembly that was laid out. */
export function buildImage(
  assembly: Assembly,
  groups: readonly SectionGroup[],
  contents: ReadonlyMap<Section, Uint8Array>,
  { name, base, pie }: BuildOptions,
): Image {
  const loaded = groups.flatMap(({ sections }) => sections)
  const sections = [...loaded, ...assembly.sections.filter(section => !section.loaded && section.size > 0)]
  const bytes = writeElf({
    positionIndependent: pie,
    entry: entryOf(assembly),
    segments: [headerSegment(base), ...groups.map(group => segmentOf(group, base))],
    sections: sections.map((section): ElfSection => {
      const { name: sectionName, address, size, loaded: isLoaded, write, execute, alignment } = section
      const content = contents.get(section)
      return {
        name: sectionName,
        address,
        size,
        alignment,
        loaded: isLoaded,
        write,
        execute,
        ...(content ? { bytes: content } : {}),
        ...(isLoaded ? { fileOffset: Number(address - base) } : {}),
      }
    }),
    symbols: symbolsOf(assembly, sections),
  })
  const image = readElf(bytes, name)
  if (!image.ok) throw new Error(`the assembler wrote a bad file: ${image.diagnostics[0]?.message}`)
  return image.value
}

/** `_start`, or the first byte of text. */
function entryOf(assembly: Assembly): bigint {
  const start = assembly.symbols.find('_start')
  return start?.place ? addressOf(start) : assembly.sections[0]!.address
}

/** The first page holds the ELF headers, so that the program finds them as on Linux (AT_PHDR). */
function headerSegment(base: bigint): Segment {
  const size = Number(pageSize)
  return {
    address: base,
    memorySize: size,
    fileOffset: 0,
    fileSize: size,
    read: true,
    write: false,
    execute: false,
  }
}

function segmentOf({ sections, write, execute }: SectionGroup, base: bigint): Segment {
  const address = sections[0]!.address
  const end = (list: readonly Section[]): number => {
    const last = list.at(-1)
    return last ? Number(last.address - address) + last.size : 0
  }
  return {
    address,
    memorySize: end(sections),
    fileOffset: Number(address - base),
    fileSize: end(sections.filter(({ hasBytes }) => hasBytes)),
    read: true,
    write,
    execute,
  }
}

/** Labels of the file, but for `.L…`, which the assembler keeps to itself; by address. */
function symbolsOf(assembly: Assembly, sections: readonly Section[]): ElfSymbol[] {
  const labels = [...assembly.symbols.names()].flatMap(symbol => {
    const home = homeOf(symbol)
    const section = home ? sections.indexOf(home) : -1
    return home && section >= 0 && !symbol.name.startsWith('.L')
      ? [{ symbol, home, section, address: placeOf(symbol) }]
      : []
  })
  labels.sort((a, b) => a.section - b.section || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0))
  return labels.map(({ symbol, home, section, address }, index): ElfSymbol => {
    let next = index + 1
    while (labels[next]?.section === section && labels[next]!.address === address) next++
    const end = labels[next]?.section === section ? labels[next]!.address : home.address + BigInt(home.size)
    return {
      name: symbol.name,
      address,
      size: writtenSize(symbol) ?? Number(end - address),
      type: symbol.type ?? (home.execute ? 'function' : 'object'),
      binding: symbol.binding,
      section,
    }
  })
}

/** The section that a label lies in, or that the address of an alias lies in. */
function homeOf(symbol: AssemblySymbol): Section | undefined {
  if (symbol.place) return symbol.place.fragment.section
  const sum = symbol.value && sumOf(symbol.value)
  if (!sum || 'why' in sum || relocations(sum) !== 1n) return undefined
  return [...sum.terms].find(([, factor]) => factor === 1n)?.[0].place?.fragment.section
}

function placeOf(symbol: AssemblySymbol): bigint {
  const sum = symbol.value && sumOf(symbol.value)
  return sum && !('why' in sum) ? evaluate(sum, addressOf) : addressOf(symbol)
}

function writtenSize({ size }: AssemblySymbol): number | undefined {
  const sum = size && sumOf(size.expression)
  if (!sum || 'why' in sum || relocations(sum) !== 0n) return undefined
  const value = evaluate(sum, addressOf)
  return value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined
}
