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
  const view = new DataView(record.buffer)
  buildHeader(view, eventId, taskId)
  const addresses = kind === 'return' ? [func ?? 0n, ip] : [ip]
  for (const [index, address] of addresses.entries()) view.setBigUint64(8 + 8 * index, address, true)
  record.set(data, header)
  return record
}

/** The fields that every record begins with. */
export function buildHeader(view: DataView, eventId: number, taskId: number): void {
  view.setUint16(0, eventId, true)
  // Flags and preemption count of a PREEMPTION kernel: a decrement of 0 (bug B10).
  view.setUint16(2, 0xffff, true)
  view.setInt32(4, taskId, true)
}
