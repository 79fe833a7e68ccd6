// SPDX-License-Identifier: MIT
import type { Cursor } from './cursor.ts'

/** Sizes that differ between units. */
export type UnitShape = {
  readonly version: number
  /** 4 or 8: of offsets into other sections. */
  readonly offsetSize: 4 | 8
  readonly addressSize: number
}

/** What an attribute's value means (DWARF 5 §7.5.5); `number` as far as it is a constant, a flag or an offset in a section. */
export type FormValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'address'; readonly value: bigint }
  | { readonly kind: 'address-index' | 'list-index' | 'text-index'; readonly value: number }
  /** Offset from the start of the unit, or of the section. */
  | { readonly kind: 'unit-reference' | 'reference'; readonly value: number }
  | { readonly kind: 'text'; readonly section: 'str' | 'line_str' | 'info'; readonly value: number }
  | { readonly kind: 'other' }

type Form = {
  /** Bytes, where they do not depend on the value. */
  readonly size?: number | 'offset' | 'address' | 'reference'
  readonly skip?: (cursor: Cursor, shape: UnitShape) => void
  readonly read?: (cursor: Cursor, size: number) => FormValue
}

const other = (size: Form['size']): Form => ({ ...(size !== undefined && { size }) })
const number = (size: Form['size']): Form => ({
  ...other(size),
  read: (cursor, bytes) => ({ kind: 'number', value: cursor.sized(bytes) }),
})
const indexed = (kind: 'address-index' | 'text-index', size: number): Form => ({
  size,
  read: (cursor, bytes) => ({ kind, value: cursor.sized(bytes) }),
})
const leb = (kind: 'number' | 'address-index' | 'text-index' | 'list-index' | 'unit-reference'): Form => ({
  skip: cursor => cursor.skipLeb(),
  read: cursor => ({ kind, value: cursor.uleb() }),
})
const unitReference = (size: number): Form => ({
  size,
  read: (cursor, bytes) => ({ kind: 'unit-reference', value: cursor.sized(bytes) }),
})
const text = (section: 'str' | 'line_str'): Form => ({
  size: 'offset',
  read: (cursor, bytes) => ({ kind: 'text', section, value: cursor.sized(bytes) }),
})
const block = (length: (cursor: Cursor) => number): Form => ({
  skip: cursor => {
    const bytes = length(cursor)
    cursor.at += bytes
  },
})
const signedLeb: Form = { skip: cursor => cursor.skipLeb() }
const inlineText: Form = {
  skip: cursor => cursor.skipText(),
  read: cursor => {
    const value = cursor.at
    cursor.skipText()
    return { kind: 'text', section: 'info', value }
  },
}

export const indirectForm = 0x16
export const implicitConstant = 0x21

const forms: Readonly<Record<number, Form>> = {
  1: { size: 'address', read: cursor => ({ kind: 'address', value: cursor.u64() }) },
  3: block(cursor => cursor.u16()),
  4: block(cursor => cursor.u32()),
  5: number(2),
  6: number(4),
  7: number(8),
  8: inlineText,
  9: block(cursor => cursor.uleb()),
  10: block(cursor => cursor.u8()),
  11: number(1),
  12: number(1),
  13: signedLeb,
  14: text('str'),
  15: leb('number'),
  16: { size: 'reference', read: (cursor, size) => ({ kind: 'reference', value: cursor.sized(size) }) },
  17: unitReference(1),
  18: unitReference(2),
  19: unitReference(4),
  20: unitReference(8),
  21: leb('unit-reference'),
  23: number('offset'),
  24: block(cursor => cursor.uleb()),
  25: { size: 0 },
  26: leb('text-index'),
  27: leb('address-index'),
  28: other(4),
  29: other('offset'),
  30: other(16),
  31: text('line_str'),
  32: other(8),
  [implicitConstant]: { size: 0 },
  34: leb('list-index'),
  35: leb('list-index'),
  36: other(8),
  37: indexed('text-index', 1),
  38: indexed('text-index', 2),
  39: indexed('text-index', 3),
  40: indexed('text-index', 4),
  41: indexed('address-index', 1),
  42: indexed('address-index', 2),
  43: indexed('address-index', 3),
  44: indexed('address-index', 4),
  // Of GNU tools before DWARF 5: split and shared debug information.
  7937: leb('address-index'),
  7938: leb('text-index'),
  7968: other('offset'),
  7969: other('offset'),
}

/** Bytes of a value of that form; undefined where they depend on it, or the form is not known. */
export function formSize(form: number, shape: UnitShape): number | undefined {
  const size = forms[form]?.size
  if (size === 'offset') return shape.offsetSize
  if (size === 'address') return shape.addressSize
  // Before DWARF 3 references between units were as long as addresses.
  if (size === 'reference') return shape.version < 3 ? shape.addressSize : shape.offsetSize
  return size
}

/** Goes behind a value. False: the form is not known, so nothing behind it can be read. */
export function skipForm(cursor: Cursor, form: number, shape: UnitShape): boolean {
  if (form === indirectForm) return skipForm(cursor, cursor.uleb(), shape)
  const size = formSize(form, shape)
  const skip = forms[form]?.skip
  if (size !== undefined) cursor.at += size
  else if (skip) skip(cursor, shape)
  else return false
  return true
}

/** Reads a value; undefined as `skipForm` is false. */
export function readForm(
  cursor: Cursor,
  form: number,
  constant: number,
  shape: UnitShape,
): FormValue | undefined {
  if (form === indirectForm) return readForm(cursor, cursor.uleb(), 0, shape)
  if (form === implicitConstant) return { kind: 'number', value: constant }
  const read = forms[form]?.read
  if (read) return read(cursor, formSize(form, shape) ?? 0)
  return skipForm(cursor, form, shape) ? { kind: 'other' } : undefined
}
