// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Located } from '../scenario/scenario.ts'
import { spanWithin } from '../scenario/span-within.ts'
import type { Definition } from '../tracing/definition.ts'
import { parseFilter } from '../tracing/filter/parse-filter.ts'
import { characterAt } from '../tracing/kernel-text.ts'
import { eventFields } from '../tracing/record/fields.ts'

/** What the kernel says of a probe's filter, at the author's characters; undefined where it takes it. */
export function checkFilter(filter: Located<string>, definition: Definition): Diagnostic | undefined {
  const fields = eventFields(definition)
  const parsed = parseFilter(filter.value, fields)
  if (parsed.ok) return undefined
  const { errno, message, caret = 0 } = parsed.refusal
  const [from, to] = placeOfRefusal(filter.value, caret)
  return {
    code: 'R010',
    severity: 'error',
    message: `the kernel would refuse this filter: ${message ?? errno}`,
    labels: [{ span: spanWithin(filter, from, to), text: errno }],
    help: [
      `fields of this event: ${fields.map(({ name }) => name).join(', ')}; of every event: common_pid, comm, cpu`,
    ],
  }
}

/** The word around the kernel's caret, which it often sets one too far. Where there is none, the word or the sign before. */
export function placeOfRefusal(text: string, column: number): readonly [from: number, to: number] {
  const caret = characterAt(text, column)
  const behind = /^\w*/.exec(text.slice(caret))![0].length
  const before = /\w*$/.exec(text.slice(0, caret))![0].length
  if (behind > 0) return [caret - before, caret + behind]
  const last = /(?:\w+|[^\w\s]+)\s*$/.exec(text.slice(0, caret))
  if (last && (/\w/.test(last[0]) || /^\s/.test(text.slice(caret))))
    return [last.index, last.index + last[0].trimEnd().length]
  const at = Math.min(caret, Math.max(0, text.length - 1))
  return [at, at + 1]
}
