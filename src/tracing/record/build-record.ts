// SPDX-License-Identifier: MIT
import type { Definition } from '../definition.ts'
import { headerSize } from './fields.ts'

/** Largest record that a page of the ring buffer takes; a longer one is lost, though the hit counts. */
export const maximumRecord = 4072

/** The addresses of a record: the hit's instruction pointer, and the function for a return. */
export type RecordAddresses = { readonly ip: bigint; readonly func?: bigint }

/** A binary record: common fields, addresses, argument data (spec 07 §7). */
export function buildRecord(
  kind: Definition['kind'],
  eventId: number,
  taskId: number,
  { ip, func }: RecordAddresses,
  data: Uint8Array,
): Uint8Array {
  const header = headerSize(kind)
  const record = new Uint8Array(header + data.length)
  buildHeader(record, eventId, taskId)
  if (kind === 'return') putAddress(record, 8, func ?? 0n)
  putAddress(record, header - 8, ip)
  record.set(data, header)
  return record
}

/** The fields that every record begins with. */
export function buildHeader(record: Uint8Array, eventId: number, taskId: number): void {
  // Flags and preemption count of a PREEMPTION kernel: a decrement of 0 (bug B10).
  putWord(record, 0, eventId | (0xffff << 16))
  putWord(record, 4, taskId)
}

function putAddress(record: Uint8Array, at: number, address: bigint): void {
  putWord(record, at, Number(BigInt.asUintN(32, address)))
  putWord(record, at + 4, Number(BigInt.asUintN(32, address >> 32n)))
}

/** Byte by byte: a small array that nobody has asked for its buffer costs a tenth of one with a view. */
function putWord(record: Uint8Array, at: number, value: number): void {
  record[at] = value
  record[at + 1] = value >>> 8
  record[at + 2] = value >>> 16
  record[at + 3] = value >>> 24
}
