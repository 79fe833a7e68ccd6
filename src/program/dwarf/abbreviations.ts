// SPDX-License-Identifier: MIT
import { Cursor } from './cursor.ts'
import { formSize, implicitConstant, type UnitShape } from './forms.ts'

/** The shape of entries: a tag, and attributes with their forms. */
export type Abbreviation = {
  readonly tag: number
  readonly attributes: readonly { readonly name: number; readonly form: number; readonly constant: number }[]
  /** Bytes of the attributes of every entry of this shape; undefined where they differ. */
  readonly size: number | undefined
}

/** The table of abbreviations at an offset of `.debug_abbrev`, by their codes (DWARF 5 §7.5.3). */
export function readAbbreviations(
  section: Uint8Array,
  offset: number,
  shape: UnitShape,
): ReadonlyMap<number, Abbreviation> {
  const cursor = new Cursor(section, offset)
  const table = new Map<number, Abbreviation>()
  for (let code = cursor.uleb(); code !== 0 && !cursor.atEnd; code = cursor.uleb()) {
    const tag = cursor.uleb()
    cursor.u8() // whether entries below follow: the order of entries is all that is needed
    const attributes: Abbreviation['attributes'][number][] = []
    let size: number | undefined = 0
    while (!cursor.atEnd) {
      const [name, form] = [cursor.uleb(), cursor.uleb()]
      const constant = form === implicitConstant ? cursor.uleb() : 0
      if (name === 0 && form === 0) break
      attributes.push({ name, form, constant })
      const own = formSize(form, shape)
      size = size === undefined || own === undefined ? undefined : size + own
    }
    table.set(code, { tag, attributes, size })
  }
  return table
}
