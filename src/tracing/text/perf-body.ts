// SPDX-License-Identifier: MIT
import type { Definition, FetchArgument } from '../definition.ts'
import { readLocation } from '../fetch/data-location.ts'
import { readNumber } from '../record/decode-arguments.ts'
import { eventFields, type Field } from '../record/fields.ts'
import { recordAddresses } from '../record/record-body.ts'
import { textAt } from '../record/text-at.ts'

/**
 * The text behind `GROUP:EVENT: `. perf reads the print format of the event by its own library, and differs from the kernel, which
 * the recordings in its tests show: addresses have no `0x`, and those of a return stand the other way round; a `char` prints `'>c<'` and leaves its value
 * to the next argument; small signed integers are unsigned; elements beyond one byte are 0; a text that could not be read is what follows
 * it; and an event with an array of texts is not understood at all.
 */
export function perfBody(definition: Definition, record: Uint8Array): string {
  const fields = eventFields(definition)
  const texts = definition.arguments.findIndex(
    ({ type }) => type.base === 'string' && type.count !== undefined,
  )
  if (texts >= 0) {
    const understood = fields.slice(0, fields.length - definition.arguments.length + texts)
    return `[FAILED TO PARSE]${understood.map(field => ` ${field.name}=${plainText(field, record)}`).join('')}`
  }
  const addresses = recordAddresses(definition.kind, record).map(address => address.toString(16))
  const values = valuesOf(definition, fields, record)
  const words = definition.arguments.map(argument => `${argument.name}=${printArgument(argument, values)}`)
  return [`(${addresses.join(' <- ')})`, ...words].join(' ')
}

/** What one argument of the print format gives to `%d` and to `%s`. */
type PerfValue = { readonly number: bigint; readonly text: string }

function* valuesOf(
  { arguments: args }: Definition,
  fields: readonly Field[],
  record: Uint8Array,
): Generator<PerfValue> {
  const own = fields.slice(-args.length)
  for (const [index, { type }] of args.entries()) {
    const { offset, size } = own[index]!
    if (type.base === 'string') yield { number: 0n, text: dynamicText(record, offset) }
    else if (type.count === undefined) yield scalarValue(record, offset, size)
    else for (let n = 0; n < type.count; n++) yield elementValue(record, offset + n, type.size)
  }
}

function scalarValue(record: Uint8Array, offset: number, size: number): PerfValue {
  const number = readNumber(record, offset, size, false)
  // A number of a pointer's size is taken for a pointer.
  return {
    number,
    text: size === 8 ? number.toString(16) : textAt(record.subarray(0, offset + size), offset),
  }
}

function elementValue(record: Uint8Array, at: number, size: number): PerfValue {
  return { number: size === 1 ? BigInt(record[at]!) : 0n, text: '' }
}

function printArgument({ type }: FetchArgument, values: Generator<PerfValue>): string {
  const elements = Array.from({ length: type.count ?? 1 }, () => printElement(type, values))
  return type.count === undefined ? elements[0]! : `{${elements.join(',')}}`
}

function printElement(type: FetchArgument['type'], values: Generator<PerfValue>): string {
  if (type.base === 'char') return "'>c<'"
  const { number, text } = values.next().value as PerfValue
  const bits = type.size === 8 ? 64 : 32
  switch (type.base) {
    case 'string':
      return `"${text}"`
    case 'signed':
      return `${BigInt.asIntN(bits, number)}`
    case 'hex':
      return `0x${BigInt.asUintN(bits, number).toString(16)}`
    default:
      return `${BigInt.asUintN(bits, number)}`
  }
}

/** A field without the print format. */
function plainText(field: Field, record: Uint8Array): string {
  const { offset, size, role, signed, declaration } = field
  if (role === 'string') return arrayText(record, readLocation(viewOf(record), offset), true)
  if (declaration.endsWith('[]'))
    return arrayText(
      record,
      { offset, length: size },
      declaration.startsWith('u8') || declaration.startsWith('s8'),
    )
  const number = readNumber(record, offset, size, signed)
  return declaration.startsWith('unsigned long') ? `0x${number.toString(16)}` : `${number}`
}

/** Text where all of it can be printed, up to a NUL that may lie behind it; else bytes. */
function arrayText(
  record: Uint8Array,
  { offset, length }: { readonly offset: number; readonly length: number },
  maybeText: boolean,
): string {
  const bytes = [...record.subarray(offset, offset + length)]
  const end = bytes.indexOf(0)
  const printable = (end < 0 ? bytes : bytes.slice(0, end)).every(
    byte => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13),
  )
  if (maybeText && printable) return textAt(record, offset)
  return `ARRAY[${bytes.map(byte => byte.toString(16).padStart(2, '0')).join(', ')}]`
}

function dynamicText(record: Uint8Array, at: number): string {
  return textAt(record, readLocation(viewOf(record), at).offset)
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
