// SPDX-License-Identifier: MIT
import { type Abbreviation, readAbbreviations } from './abbreviations.ts'
import { Cursor } from './cursor.ts'
import type { DebugSections } from './debug-sections.ts'
import { UnitType } from './dwarf-format.ts'
import { type FormValue, readForm, skipForm, type UnitShape } from './forms.ts'

/** A unit of `.debug_info`: what the compiler made of one source file. */
export type Unit = UnitShape & {
  /** Offset of its header: references inside a unit count from here. */
  readonly start: number
  readonly firstEntry: number
  readonly end: number
  readonly abbreviations: ReadonlyMap<number, Abbreviation>
}

/** Every unit that can be read. A version that is not known ends nothing: its length says where the next one is. */
export function readUnits(sections: DebugSections): readonly Unit[] {
  const { info, abbrev } = sections
  const tables = new Map<string, ReadonlyMap<number, Abbreviation>>()
  const units: Unit[] = []
  const cursor = new Cursor(info)
  while (cursor.at + 12 <= info.length) {
    const start = cursor.at
    const short = cursor.u32()
    const offsetSize = short === 0xffffffff ? 8 : 4
    const length = offsetSize === 8 ? Number(cursor.u64()) : short
    const end = cursor.at + length
    if (length === 0 || end > info.length) break
    const version = cursor.u16()
    if (version >= 2 && version <= 5) {
      const kind = version === 5 ? cursor.u8() : 0
      const early = version === 5 ? cursor.u8() : 0
      const abbreviationsAt = cursor.sized(offsetSize)
      const addressSize = version === 5 ? early : cursor.u8()
      if (kind === UnitType.skeleton || kind === UnitType.splitCompile) cursor.at += 8
      if (kind === UnitType.type || kind === UnitType.splitType) cursor.at += 8 + offsetSize
      const shape: UnitShape = { version, offsetSize, addressSize }
      const key = `${abbreviationsAt} ${version} ${offsetSize}`
      const abbreviations = tables.get(key) ?? readAbbreviations(abbrev, abbreviationsAt, shape)
      tables.set(key, abbreviations)
      if (addressSize === 8) units.push({ ...shape, start, firstEntry: cursor.at, end, abbreviations })
    }
    cursor.at = end
  }
  return units
}

/** The attributes of an entry that starts behind its code; undefined where one of them cannot be read. */
export function readAttributes(
  cursor: Cursor,
  { attributes }: Abbreviation,
  shape: UnitShape,
): ReadonlyMap<number, FormValue> | undefined {
  const values = new Map<number, FormValue>()
  for (const { name, form, constant } of attributes) {
    const value = readForm(cursor, form, constant, shape)
    if (!value) return undefined
    values.set(name, value)
  }
  return values
}

export function skipAttributes(
  cursor: Cursor,
  { attributes, size }: Abbreviation,
  shape: UnitShape,
): boolean {
  if (size !== undefined) cursor.at += size
  else return attributes.every(({ form }) => skipForm(cursor, form, shape))
  return true
}
