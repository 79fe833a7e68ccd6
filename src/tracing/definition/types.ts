// SPDX-License-Identifier: MIT
import type { FetchType } from '../definition.ts'

type Base = FetchType['base']
type Size = FetchType['size']

type Storage = { readonly base: Base; readonly size: Size }

const integers = [8, 16, 32, 64].flatMap((bits): [string, Storage][] => {
  const size = (bits / 8) as Size
  return [
    [`u${bits}`, { base: 'unsigned', size }],
    [`s${bits}`, { base: 'signed', size }],
    [`x${bits}`, { base: 'hex', size }],
  ]
})

/** The types of a fetch argument by name (spec 07 §5.5). `symbol` and `symstr` are for kernel probes. */
export const namedTypes: ReadonlyMap<string, Storage> = new Map<string, Storage>([
  ...integers,
  ['char', { base: 'char', size: 1 }],
  ['string', { base: 'string', size: 4 }],
  ['ustring', { base: 'string', size: 4 }],
])

/** Bytes of the fixed part of a record that an argument takes. */
export function storedSize(type: FetchType): number {
  return type.size * (type.count ?? 1)
}

/** The type that holds the bytes: what two places of an event must have in common. A bit field is kept in an unsigned integer. */
export function storageName(type: FetchType): string {
  return type.base === 'bitfield' ? `u${type.size * 8}` : type.name
}
