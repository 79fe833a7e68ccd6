// SPDX-License-Identifier: MIT
/** A text that diagnostics can point into. `path` is what is printed, relative to where the tool was started. */
export type SourceFile = { readonly path: string; readonly text: string }

/** UTF-16 offsets into `file.text`; `end` is exclusive. */
export type Span = { readonly file: SourceFile; readonly start: number; readonly end: number }

export type Position = { readonly line: number; readonly column: number }

/** Line and column, both counted from 1. */
export function positionAt(file: SourceFile, offset: number): Position {
  const before = file.text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  let line = 1
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++
  return { line, column: offset - lineStart + 1 }
}

/** `path:line:column` of the start of a span. */
export function describeSpan(span: Span): string {
  const { line, column } = positionAt(span.file, span.start)
  return `${span.file.path}:${line}:${column}`
}
