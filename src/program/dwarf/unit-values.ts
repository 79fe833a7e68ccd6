// SPDX-License-Identifier: MIT
import { textAt } from '../elf/elf-file.ts'
import { Cursor } from './cursor.ts'
import type { DebugSections } from './debug-sections.ts'
import { Attribute } from './dwarf-format.ts'
import type { FormValue } from './forms.ts'
import { readAttributes, type Unit } from './units.ts'

export type AddressRange = { readonly from: bigint; readonly to: bigint }

/** Looks up what values of one unit stand for in the other sections. */
export class UnitValues {
  readonly #sections: DebugSections
  readonly #unit: Unit
  readonly #root: ReadonlyMap<number, FormValue>

  constructor(sections: DebugSections, unit: Unit) {
    this.#sections = sections
    this.#unit = unit
    const cursor = new Cursor(sections.info, unit.firstEntry)
    const abbreviation = unit.abbreviations.get(cursor.uleb())
    this.#root = (abbreviation && readAttributes(cursor, abbreviation, unit)) ?? new Map()
  }

  /** All but names and places lies in a `.dwo` file. */
  get isSkeleton(): boolean {
    return this.#root.has(Attribute.dwoName) || this.#root.has(Attribute.gnuDwoName)
  }

  text(value: FormValue | undefined): string | undefined {
    if (value?.kind === 'text') return textAt(this.#sections[value.section], value.value)
    if (value?.kind !== 'text-index') return undefined
    const { offsetSize } = this.#unit
    const at = this.#base(Attribute.strOffsetsBase, 8) + value.value * offsetSize
    return textAt(this.#sections.str, new Cursor(this.#sections.str_offsets, at).sized(offsetSize))
  }

  address(value: FormValue | undefined): bigint | undefined {
    if (value?.kind === 'address') return value.value
    return value?.kind === 'address-index' ? this.#indexed(value.value) : undefined
  }

  /** Offset in `.debug_info` of the entry that is referred to. */
  entry(value: FormValue | undefined): number | undefined {
    if (value?.kind === 'reference') return value.value
    return value?.kind === 'unit-reference' ? this.#unit.start + value.value : undefined
  }

  /** Ranges that `DW_AT_ranges` gives; empty ones are left out. */
  ranges(value: FormValue | undefined): readonly AddressRange[] {
    const { version } = this.#unit
    const at = this.#rangesAt(value)
    if (at === undefined) return []
    const ranges = version >= 5 ? this.#rangeList(at) : this.#oldRanges(at)
    return ranges.filter(({ from, to }) => from < to)
  }

  #rangesAt(value: FormValue | undefined): number | undefined {
    if (value?.kind === 'number') return value.value
    if (value?.kind !== 'list-index') return undefined
    const { offsetSize } = this.#unit
    const base = this.#base(Attribute.rnglistsBase, 12)
    return base + new Cursor(this.#sections.rnglists, base + value.value * offsetSize).sized(offsetSize)
  }

  /** `.debug_rnglists` (DWARF 5 §7.25). */
  #rangeList(at: number): AddressRange[] {
    const cursor = new Cursor(this.#sections.rnglists, at)
    const ranges: AddressRange[] = []
    const push = (from: bigint, to: bigint) => void ranges.push({ from, to })
    let base = this.address(this.#root.get(Attribute.lowPc)) ?? 0n
    while (!cursor.atEnd) {
      const kind = cursor.u8()
      if (kind === 1) base = this.#indexed(cursor.uleb())
      else if (kind === 2) push(this.#indexed(cursor.uleb()), this.#indexed(cursor.uleb()))
      else if (kind === 3) pushLength(this.#indexed(cursor.uleb()))
      else if (kind === 4) push(base + BigInt(cursor.uleb()), base + BigInt(cursor.uleb()))
      else if (kind === 5) base = cursor.u64()
      else if (kind === 6) push(cursor.u64(), cursor.u64())
      else if (kind === 7) pushLength(cursor.u64())
      else break
    }
    return ranges

    function pushLength(from: bigint): void {
      push(from, from + BigInt(cursor.uleb()))
    }
  }

  /** `.debug_ranges` (DWARF 4 §2.17.3): pairs, of which one with the greatest address sets the base. */
  #oldRanges(at: number): AddressRange[] {
    const cursor = new Cursor(this.#sections.ranges, at)
    const ranges: AddressRange[] = []
    let base = this.address(this.#root.get(Attribute.lowPc)) ?? 0n
    while (!cursor.atEnd) {
      const [from, to] = [cursor.u64(), cursor.u64()]
      if (from === 0n && to === 0n) break
      if (from === 0xffff_ffff_ffff_ffffn) base = to
      else ranges.push({ from: base + from, to: base + to })
    }
    return ranges
  }

  #indexed(index: number): bigint {
    return new Cursor(this.#sections.addr, this.#base(Attribute.addrBase, 8) + index * 8).u64()
  }

  /** Where a unit's part of a table begins; behind the first header where it does not say. */
  #base(attribute: number, first: number): number {
    const value = this.#root.get(attribute)
    return value?.kind === 'number' ? value.value : first
  }
}
