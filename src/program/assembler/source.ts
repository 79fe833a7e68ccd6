// SPDX-License-Identifier: MIT
import type { SourceFile, Span } from '../../diagnostics/source-file.ts'

/**
 * A program text, and where its lines were written: line n (from 0) of the text starts at offset `lineStarts[n]` of
 * the file. For a block scalar of YAML that is the part behind the indentation.
 */
export type ProgramText = {
  readonly text: string
  readonly origin: { readonly file: SourceFile; readonly lineStarts: readonly number[] }
}

/** Turns offsets in a program text into spans of the author's file. */
export class SourceMap {
  readonly #source: ProgramText
  readonly #lines: readonly number[]

  constructor(source: ProgramText) {
    this.#source = source
    this.#lines = [0, ...[...source.text.matchAll(/\n/g)].map(match => match.index + 1)]
  }

  span(start: number, end: number): Span {
    return { file: this.#source.origin.file, start: this.#offset(start), end: this.#offset(end) }
  }

  /** A line of the text, counted from 0; for words of tools that count lines themselves. */
  lineSpan(line: number): Span {
    const index = Math.min(Math.max(line, 0), this.#lines.length - 1)
    const start = this.#lines[index]!
    const text = this.#source.text.slice(start, this.#lines[index + 1] ?? this.#source.text.length).trimEnd()
    return this.span(start + text.length - text.trimStart().length, start + text.length)
  }

  /** Offset in the author's file of the start of a line, counted from 0. */
  lineStart(line: number): number {
    return this.#offset(this.#lines[Math.min(Math.max(line, 0), this.#lines.length - 1)]!)
  }

  /** A column that substitution moved beyond the author's line stays at that line's end. */
  #offset(at: number): number {
    const { file, lineStarts } = this.#source.origin
    const line = this.#lineAt(at)
    const start = lineStarts[Math.min(line, lineStarts.length - 1)] ?? 0
    const lineEnd = file.text.indexOf('\n', start)
    return Math.min(start + at - this.#lines[line]!, lineEnd < 0 ? file.text.length : lineEnd)
  }

  /** The last line that starts at or before the offset. */
  #lineAt(at: number): number {
    let low = 0
    let high = this.#lines.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#lines[middle]! <= at) low = middle
      else high = middle
    }
    return low
  }
}
