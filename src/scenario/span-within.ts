// SPDX-License-Identifier: MIT
import type { Span } from '../diagnostics/source-file.ts'
import type { Located } from './scenario.ts'

/** Where characters `from` to `to` (exclusive) of a text stand in the file, whatever quotes, escapes or `${…}` lie between. */
export function spanWithin({ span, offsets }: Located<string>, from: number, to: number): Span {
  if (offsets === undefined) return { file: span.file, start: span.start + from, end: span.start + to }
  const last = offsets.length - 1
  const start = offsets[Math.min(from, last)]!
  let behind = Math.min(Math.max(to, from), last)
  while (behind < last && offsets[behind]! <= start) behind++
  return { file: span.file, start, end: Math.max(offsets[behind]!, start) }
}
