// SPDX-License-Identifier: MIT
import type { ElfFile } from '../elf/elf-file.ts'
import { Cursor } from './cursor.ts'
import { type DebugHindrance, type DebugSections, isHindrance, readDebugSections } from './debug-sections.ts'
import { Attribute, Tag } from './dwarf-format.ts'
import { type AddressRange, UnitValues } from './unit-values.ts'
import { readAttributes, readUnits, skipAttributes, type Unit } from './units.ts'

/** A place where a function's body stands instead of a call. */
export type InlinedCopy = {
  /** Where it begins. */
  readonly address: bigint
  /** Line of the call in the source. */
  readonly line?: number
}

export type InlinedCopies =
  | DebugHindrance
  | {
      readonly kind: 'read'
      /** By address. */
      readonly copies: readonly InlinedCopy[]
      /** The sources have a function of that name. */
      readonly known: boolean
      /** Copies of which nothing is left: their instructions have been shared or removed. */
      readonly vanished: number
    }

/** Finds every inlined copy of a function, by its name in the source or for the linker (DWARF 5 §3.3.8). */
export function readInlinedCopies(elf: ElfFile, name: string): InlinedCopies {
  const sections = readDebugSections(elf)
  if (isHindrance(sections)) return sections
  const units = readUnits(sections)
  const found = scanUnits(sections, units, name)
  const origins = withSpecifications(found)
  const copies: InlinedCopy[] = []
  let vanished = 0
  for (const { unit, at, origin } of found.inlined) {
    if (!origins.has(origin)) continue
    const copy = readCopy(sections, unit, at)
    if (copy) copies.push(copy)
    else vanished++
  }
  if (copies.length === 0 && units.some(unit => new UnitValues(sections, unit).isSkeleton))
    return { kind: 'unreadable', reason: 'is in .dwo files, which are not looked for' }
  return {
    kind: 'read',
    copies: copies.sort((a, b) => (a.address < b.address ? -1 : 1)),
    known: origins.size > 0,
    vanished,
  }
}

type Inlined = { readonly unit: Unit; readonly at: number; readonly origin: number }
type Scanned = {
  /** Offsets of entries for functions of the name. */
  readonly named: ReadonlySet<number>
  /** Entries that complete another one: a definition its declaration. */
  readonly completes: readonly (readonly [entry: number, of: number])[]
  readonly inlined: readonly Inlined[]
}

/** Goes once through all entries, of which only functions and copies are read. */
function scanUnits(sections: DebugSections, units: readonly Unit[], name: string): Scanned {
  const named = new Set<number>()
  const completes: [number, number][] = []
  const inlined: Inlined[] = []
  for (const unit of units) {
    const values = new UnitValues(sections, unit)
    const cursor = new Cursor(sections.info, unit.firstEntry)
    while (cursor.at < unit.end) {
      const entry = cursor.at
      const code = cursor.uleb()
      if (code === 0) continue
      const abbreviation = unit.abbreviations.get(code)
      if (!abbreviation) break
      const { tag } = abbreviation
      if (tag !== Tag.subprogram && tag !== Tag.inlinedSubroutine) {
        if (!skipAttributes(cursor, abbreviation, unit)) break
        continue
      }
      const attributes = readAttributes(cursor, abbreviation, unit)
      if (!attributes) break
      const origin = values.entry(attributes.get(Attribute.abstractOrigin))
      if (tag === Tag.inlinedSubroutine) {
        if (origin !== undefined) inlined.push({ unit, at: entry, origin })
        continue
      }
      const of = origin ?? values.entry(attributes.get(Attribute.specification))
      if (of !== undefined) completes.push([entry, of])
      const names = [Attribute.name, Attribute.linkageName, Attribute.mipsLinkageName]
      if (names.some(key => values.text(attributes.get(key)) === name)) named.add(entry)
    }
  }
  return { named, completes, inlined }
}

/** Also the entries that complete one of the name, which need not come behind it. */
function withSpecifications({ named, completes }: Scanned): ReadonlySet<number> {
  const all = new Set(named)
  for (let before = -1; before !== all.size; ) {
    before = all.size
    for (const [entry, of] of completes) if (all.has(of)) all.add(entry)
  }
  return all
}

/** Where a copy begins: what it says itself, else its lowest, else its first range. */
function readCopy(sections: DebugSections, unit: Unit, at: number): InlinedCopy | undefined {
  const cursor = new Cursor(sections.info, at)
  const attributes = readAttributes(cursor, unit.abbreviations.get(cursor.uleb())!, unit)!
  const values = new UnitValues(sections, unit)
  const ranges: readonly AddressRange[] = values.ranges(attributes.get(Attribute.ranges))
  const low = values.address(attributes.get(Attribute.lowPc)) ?? ranges[0]?.from
  const entry = attributes.get(Attribute.entryPc)
  // As a number it counts from the lowest address (DWARF 5 §2.18).
  const shifted = entry?.kind === 'number' && low !== undefined ? low + BigInt(entry.value) : undefined
  const address = values.address(entry) ?? shifted ?? low
  const line = attributes.get(Attribute.callLine)
  if (address === undefined) return undefined
  return { address, ...(line?.kind === 'number' && { line: line.value }) }
}
