// SPDX-License-Identifier: MIT

import { storageName, storedSize } from '../definition/types.ts'
import type { Definition, FetchArgument } from '../definition.ts'

/** A field of an event's binary record, as filters and the format file see it (spec 07 §7). */
export type Field = {
  readonly name: string
  /** C type and name, as the format file declares them. */
  readonly declaration: string
  /** Bytes from the start of the record. */
  readonly offset: number
  readonly size: number
  readonly signed: boolean
  /** `string`: its four bytes tell where the text is. `comm` and `cpu` are no part of the record; `stack` never matches. */
  readonly role: 'number' | 'string' | 'comm' | 'cpu' | 'stack'
}

/** Bytes before the first argument: the common fields and one address, or two for a return. */
export function headerSize(kind: Definition['kind']): number {
  return kind === 'return' ? 24 : 16
}

/** Fields that every event has. */
export const commonFields: readonly Field[] = [
  number('unsigned short', 'common_type', 0, 2),
  number('unsigned char', 'common_flags', 2, 1),
  number('unsigned char', 'common_preempt_count', 3, 1),
  { ...number('int', 'common_pid', 4, 4), signed: true },
]

/** Names that filters know for every event, though no record holds them. */
export const genericFields: readonly Field[] = [
  ...['cpu', 'CPU', 'common_cpu'].map(name => ({
    ...number('int', name, 0, 0),
    signed: true,
    role: 'cpu' as const,
  })),
  ...['comm', 'COMM'].map(name => ({ ...number('char *', name, 0, 0), role: 'comm' as const })),
  ...['stacktrace', 'STACKTRACE'].map(name => ({ ...number('char *', name, 0, 0), role: 'stack' as const })),
]

/** The fields of one event behind the common ones. Arguments are packed without alignment. */
export function eventFields({
  kind,
  arguments: args,
}: Pick<Definition, 'kind' | 'arguments'>): readonly Field[] {
  const addresses = kind === 'return' ? ['__probe_func', '__probe_ret_ip'] : ['__probe_ip']
  const fields = addresses.map((name, index) => number('unsigned long', name, 8 + 8 * index, 8))
  let offset = headerSize(kind)
  for (const argument of args) {
    fields.push(argumentField(argument, offset))
    offset += storedSize(argument.type)
  }
  return fields
}

function argumentField({ name, type }: FetchArgument, offset: number): Field {
  const common = { name, offset, size: storedSize(type) }
  if (type.base === 'string') {
    const count = type.count === undefined ? '' : `[${type.count}]`
    return { ...common, declaration: `__data_loc char[]${count} ${name}`, signed: true, role: 'string' }
  }
  const storage = storageName(type)
  const stored = type.base === 'char' ? 'u8' : storage.replace('x', 'u')
  const declaration = `${stored} ${name}${type.count === undefined ? '' : '[]'}`
  return { ...common, declaration, signed: type.base === 'signed', role: 'number' }
}

function number(type: string, name: string, offset: number, size: number): Field {
  return { name, declaration: `${type} ${name}`, offset, size, signed: false, role: 'number' }
}
