// SPDX-License-Identifier: MIT
import type { Diagnostic, Label } from '../diagnostics/diagnostic.ts'
import { positionAt } from '../diagnostics/source-file.ts'
import type { RecordedEvent } from '../events/event.ts'
import { isAddress, type Value } from '../events/value.ts'
import type { Message, Reporter } from './messages.ts'

/** Number of the format of the lines: it grows when a reader of the old one would be misled. */
const format = 1

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** One JSON object a line (NDJSON), for programs. Integers of events are texts in decimal, so that all 64 bits arrive. */
export const json: Reporter = write => message => write(`${JSON.stringify(messageToJson(message))}\n`)

function messageToJson(message: Message): Json {
  switch (message.type) {
    case 'run':
      return { ...message, format }
    case 'event':
      return { type: 'event', id: message.id, event: eventToJson(message.event) }
    case 'result':
      return { ...message, detailsInColor: undefined, diagnostics: message.diagnostics.map(diagnosticToJson) }
    default:
      return message
  }
}

export function eventToJson(event: RecordedEvent): Json {
  const fields = Object.entries(event.fields).map(([name, value]) => [name, valueToJson(value)])
  return { ...event, fields: Object.fromEntries(fields) as Json }
}

/** An address keeps both of its faces: the place, and the number in hexadecimal. */
function valueToJson(value: Value): Json {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (isAddress(value)) return { at: value.at, address: `0x${value.address.toString(16)}` }
  if (Array.isArray(value)) return value.map(valueToJson)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, valueToJson(field)]))
}

function diagnosticToJson(diagnostic: Diagnostic): Json {
  const { fix, labels, ...rest } = diagnostic
  return {
    ...rest,
    labels: labels.map(labelToJson),
    fix: fix && { ...labelToJson({ span: fix.span }), text: fix.text },
  }
}

/** Lines and columns count from 1; the end is exclusive. */
function labelToJson({ span, text }: Label): { readonly [key: string]: Json | undefined } {
  const start = positionAt(span.file, span.start)
  const end = positionAt(span.file, span.end)
  const { line, column } = start
  return { file: span.file.path, line, column, endLine: end.line, endColumn: end.column, text }
}
