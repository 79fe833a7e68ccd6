// SPDX-License-Identifier: MIT
export type CroppedLine = {
  readonly shown: string
  /** What of it stands before the mark, and above the mark. */
  readonly before: string
  readonly marked: string
}

const longest = 120
const lead = 40

/** A line as a terminal can show it: no longer than 120 characters around the marked ones, and nothing that moves the cursor. */
export function croppedLine(line: string, start: number, length: number): CroppedLine {
  const fits = line.length <= longest
  const from = fits ? 0 : Math.max(0, Math.min(start - lead, line.length - longest))
  const to = fits ? line.length : from + longest
  const end = Math.min(start + length, to)
  const front = from > 0 ? '…' : ''
  const before = front + printable(line.slice(from, start)).padEnd(Math.max(0, start - from))
  const marked = printable(line.slice(start, end))
  const behind = printable(line.slice(Math.max(start, end), to)) + (to < line.length ? '…' : '')
  return {
    shown: (start > line.length ? front + printable(line.slice(from)) : before + marked) + behind,
    before,
    marked,
  }
}

/** Control characters and halves of pairs as escapes, as JSON writes them; a tab stays, and bytes that are no UTF-8 are U+FFFD by now. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, character =>
    character === '\t' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
