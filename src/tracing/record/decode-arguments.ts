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
    const elements = Array.from({ length: type.count ?? 1 }, (_, index) =>
      decodeElement(type, record, offset + index * type.size),
    )
    offset += storedSize(type)
    if (type.count === undefined) return { name, ...elements[0]! }
    const text = `{${elements.map(element => element.text).join(',')}}`
    return { name, value: elements.map(element => element.value), text }
  })
}

function decodeElement(type: FetchType, record: Uint8Array, at: number): { value: Value; text: string } {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  if (type.base === 'string') {
    const { length, offset } = readLocation(view, at)
    if (length === 0) return { value: null, text: '(fault)' }
    const bytes = textAt(record, offset)
    return { value: fromKernelText(bytes), text: `"${bytes}"` }
  }
  const value = readNumber(view, at, type.size, type.base === 'signed')
  switch (type.base) {
    case 'hex':
      return { value, text: `0x${value.toString(16)}` }
    case 'char': {
      const character = String.fromCharCode(Number(value))
      return { value: character, text: `'${character}'` }
    }
    default:
      return { value, text: `${value}` }
  }
}

/** A little-endian integer of `size` bytes. */
export function readNumber(view: DataView, at: number, size: number, signed: boolean): bigint {
  switch (size) {
    case 1:
      return BigInt(signed ? view.getInt8(at) : view.getUint8(at))
    case 2:
      return BigInt(signed ? view.getInt16(at, true) : view.getUint16(at, true))
    case 4:
      return BigInt(signed ? view.getInt32(at, true) : view.getUint32(at, true))
    default:
      return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true)
  }
}
