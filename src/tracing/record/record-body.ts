// SPDX-License-Identifier: MIT
import type { Definition } from '../definition.ts'
import { type ArgumentValue, decodeArguments } from './decode-arguments.ts'

/** A record as values, and as the kernel prints it. */
export type DecodedRecord = {
  readonly args: readonly ArgumentValue[]
  /** `(0xIP) a=… b=…`, `(0xRET <- 0xFUNC) a=…`; characters are bytes. */
  readonly body: string
}

/** Reads an event's binary record (spec 07 §7, §8). */
export function decodeRecord(definition: Definition, record: Uint8Array): DecodedRecord {
  const args = decodeArguments(definition, record)
  const addresses = recordAddresses(definition.kind, record).map(address => `0x${address.toString(16)}`)
  const words = args.map(({ name, text }) => `${name}=${text}`)
  return { args, body: [`(${addresses.reverse().join(' <- ')})`, ...words].join(' ') }
}

/** `__probe_ip`; or `__probe_func` and `__probe_ret_ip`. */
export function recordAddresses(kind: Definition['kind'], record: Uint8Array): bigint[] {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  return kind === 'return'
    ? [view.getBigUint64(8, true), view.getBigUint64(16, true)]
    : [view.getBigUint64(8, true)]
}
