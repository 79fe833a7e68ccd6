// SPDX-License-Identifier: MIT
import type { Definition, FetchArgument, FetchType } from '../definition.ts'
import { commonFields, eventFields, type Field } from '../record/fields.ts'

export type EventFormat = {
  /** `u64 a;\toffset:16;\tsize:8;\tsigned:0;`, the common fields first. */
  readonly fields: readonly string[]
  /** What stands behind `print fmt: `. */
  readonly print: string
}

/** The contents of an event's `format` file (spec 07 §7). */
export function eventFormat(definition: Definition): EventFormat {
  const { kind, arguments: args } = definition
  const head =
    kind === 'return'
      ? { format: '(%lx <- %lx)', values: ['REC->__probe_func', 'REC->__probe_ret_ip'] }
      : { format: '(%lx)', values: ['REC->__probe_ip'] }
  const format = [head.format, ...args.map(({ name, type }) => `${name}=${printFormat(type)}`)].join(' ')
  const values = [...head.values, ...args.flatMap(printValues)]
  return {
    fields: [...commonFields, ...eventFields(definition)].map(describe),
    print: `"${format}", ${values.join(', ')}`,
  }
}

/** The whole file as a reader sees it. */
export function formatFile(name: string, id: number, { fields, print }: EventFormat): string {
  const lines = fields.map(field => `\tfield:${field}\n`)
  lines.splice(commonFields.length, 0, '\n')
  return `name: ${name}\nID: ${id}\nformat:\n${lines.join('')}\nprint fmt: ${print}\n`
}

function describe({ declaration, offset, size, signed }: Field): string {
  return `${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};`
}

function printFormat(type: FetchType): string {
  const one = elementFormat(type)
  return type.count === undefined ? one : `{${Array(type.count).fill(one).join(',')}}`
}

function elementFormat({ base, size }: FetchType): string {
  if (base === 'string') return '\\"%s\\"'
  if (base === 'char') return "'%c'"
  const long = size === 8 ? 'L' : ''
  if (base === 'hex') return `0x%${long}x`
  return base === 'signed' ? `%${long}d` : `%${long}u`
}

function printValues({ name, type }: FetchArgument): string[] {
  const wrap = (text: string): string => (type.base === 'string' ? `__get_str(${text})` : `REC->${text}`)
  if (type.count === undefined) return [wrap(name)]
  return Array.from({ length: type.count }, (_, index) => wrap(`${name}[${index}]`))
}
