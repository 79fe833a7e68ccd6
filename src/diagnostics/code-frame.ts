// SPDX-License-Identifier: MIT
import { croppedLine } from './cropped-line.ts'
import type { Diagnostic, Label } from './diagnostic.ts'
import type { Paint } from './paint.ts'
import { describeSpan, positionAt, type SourceFile } from './source-file.ts'

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
  const { shown, before, marked } = croppedLine(lineAt(span.file, line), column - 1, span.end - span.start)
  const mark = (primary ? '^' : '-').repeat(Math.max(1, marked.length))
  const words = text === undefined ? '' : ` ${text}`
  const empty = `${' '.repeat(gutter)} ${paint.frame('|')}`
  const numbered = (number: number, content: string) =>
    `${paint.frame(String(number).padStart(gutter))} ${paint.frame('|')}${content === '' ? '' : ` ${content}`}`
  return [
    `${' '.repeat(gutter)}${paint.frame(primary ? '-->' : ':::')} ${describeSpan(span)}`,
    ...(primary ? [empty] : []),
    ...(context && line > 1
      ? [numbered(line - 1, croppedLine(lineAt(span.file, line - 1), 0, 1).shown)]
      : []),
    numbered(line, shown),
    `${empty} ${blankUnder(before)}${paint[primary ? severity : 'frame'](mark + words)}`,
  ]
}

function lineAt(file: SourceFile, line: number): string {
  return (file.text.split('\n', line)[line - 1] ?? '').replace(/\r$/, '')
}

/** Tabs stay tabs, so that the mark stands under its text whatever a tab is worth. */
function blankUnder(before: string): string {
  return before.replace(/[^\t]/g, ' ')
}
