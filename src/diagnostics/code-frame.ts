// SPDX-License-Identifier: MIT
import type { Diagnostic, Label } from './diagnostic.ts'
import type { Paint } from './paint.ts'
import { describeSpan, positionAt, type SourceFile, type Span } from './source-file.ts'

export type FrameOptions = {
  /** Digits that line numbers are padded to. */
  readonly gutter: number
  readonly primary: boolean
  /** Whether the line before is shown. */
  readonly context: boolean
  readonly severity: Diagnostic['severity']
  readonly paint: Paint
}

/** The lines that show a label: where it is, the author's line, and a mark under exactly the span. */
export function codeFrame({ span, text }: Label, options: FrameOptions): string[] {
  const { gutter, primary, context, severity, paint } = options
  const { line, column } = positionAt(span.file, span.start)
  const source = lineAt(span.file, line)
  const mark = (primary ? '^' : '-').repeat(markLength(span, source, column))
  const words = text === undefined ? '' : ` ${text}`
  const empty = `${' '.repeat(gutter)} ${paint.frame('|')}`
  const numbered = (number: number, content: string) =>
    `${paint.frame(String(number).padStart(gutter))} ${paint.frame('|')}${content === '' ? '' : ` ${content}`}`
  return [
    `${' '.repeat(gutter)}${paint.frame(primary ? '-->' : ':::')} ${describeSpan(span)}`,
    ...(primary ? [empty] : []),
    ...(context && line > 1 ? [numbered(line - 1, lineAt(span.file, line - 1))] : []),
    numbered(line, source),
    `${empty} ${blankUnder(source, column)}${paint[primary ? severity : 'frame'](mark + words)}`,
  ]
}

function lineAt(file: SourceFile, line: number): string {
  return (file.text.split('\n', line)[line - 1] ?? '').replace(/\r$/, '')
}

/** Never past the end of the line, and at least one. */
function markLength(span: Span, line: string, column: number): number {
  return Math.max(1, Math.min(span.end - span.start, line.length - (column - 1)))
}

/** Tabs stay tabs, so that the mark stands under its text whatever a tab is worth. */
function blankUnder(line: string, column: number): string {
  return line
    .slice(0, column - 1)
    .padEnd(column - 1)
    .replace(/[^\t]/g, ' ')
}
