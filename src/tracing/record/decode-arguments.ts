// SPDX-License-Identifier: MIT
import type { Value } from '../../events/value.ts'
import { storedSize } from '../definition/types.ts'
import type { Definition, FetchType } from '../definition.ts'
import { readLocation } from '../fetch/data-location.ts'
import { fromKernelText } from '../kernel-text.ts'
import { headerSize } from './fields.ts'
import { textAt } from './text-at.ts'

export type ArgumentValue = {
  readonly name: string
  /** Integers as bigints, one byte of text for `char`, text or null (a fault) for strings, a list for arrays. */
  readonly value: Value
  /** As the trace prints it; characters are bytes. */
  readonly text: string
}

/** Reads the arguments back out of a record (spec 07 §5.5, §8). */
export function decodeArguments(
  { kind, arguments: args }: Definition,
  record: Uint8Array,
): readonly ArgumentValue[] {
  let offset = headerSize(kind)
  return args.map(({ name, type }) => {
    const at = offset
    offset += storedSize(type)
    return { name, value: decodeValue(type, record, at), text: decodeText(type, record, at) }
  })
}

/** The same without the texts, where nobody prints them. */
export function decodeValues(
  { kind, arguments: args }: Definition,
  record: Uint8Array,
): readonly Omit<ArgumentValue, 'text'>[] {
  let offset = headerSize(kind)
  return args.map(({ name, type }) => {
    const at = offset
    offset += storedSize(type)
    return { name, value: decodeValue(type, record, at) }
  })
}

function decodeValue(type: FetchType, record: Uint8Array, at: number): Value {
  return type.count === undefined ? valueAt(type, record, at) : elements(type, record, at, valueAt)
}

function decodeText(type: FetchType, record: Uint8Array, at: number): string {
  return type.count === undefined
    ? elementText(type, record, at)
    : `{${elements(type, record, at, elementText).join(',')}}`
}

function elements<T>(
  type: FetchType,
  record: Uint8Array,
  at: number,
  read: (type: FetchType, record: Uint8Array, at: number) => T,
): T[] {
  return Array.from({ length: type.count! }, (_, index) => read(type, record, at + index * type.size))
}

function valueAt(type: FetchType, record: Uint8Array, at: number): Value {
  if (type.base === 'string') {
    const bytes = stringAt(record, at)
    return bytes === undefined ? null : fromKernelText(bytes)
  }
  const value = readNumber(record, at, type.size, type.base === 'signed')
  return type.base === 'char' ? String.fromCharCode(Number(value)) : value
}

function elementText(type: FetchType, record: Uint8Array, at: number): string {
  if (type.base === 'string') {
    const bytes = stringAt(record, at)
    return bytes === undefined ? '(fault)' : `"${bytes}"`
  }
  const value = readNumber(record, at, type.size, type.base === 'signed')
  if (type.base === 'char') return `'${String.fromCharCode(Number(value))}'`
  return type.base === 'hex' ? `0x${value.toString(16)}` : `${value}`
}

/** Undefined after a fault. */
function stringAt(record: Uint8Array, at: number): string | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const { length, offset } = readLocation(view, at)
  return length === 0 ? undefined : textAt(record, offset)
}

/** A little-endian integer of 1, 2 or 4 bytes; of any other size the first 8. */
export function readNumber(record: Uint8Array, at: number, size: number, signed: boolean): bigint {
  if (size !== 1 && size !== 2 && size !== 4) {
    const value = (BigInt(wordAt(record, at + 4)) << 32n) | BigInt(wordAt(record, at))
    return signed ? BigInt.asIntN(64, value) : value
  }
  let value = 0
  for (let byte = size - 1; byte >= 0; byte--) value = value * 256 + record[at + byte]!
  const bits = 8 * size
  return BigInt(signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value)
}

function wordAt(record: Uint8Array, at: number): number {
  return (record[at]! | (record[at + 1]! << 8) | (record[at + 2]! << 16) | (record[at + 3]! << 24)) >>> 0
}
