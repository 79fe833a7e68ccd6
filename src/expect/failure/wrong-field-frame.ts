// SPDX-License-Identifier: MIT
import type { Diagnostic, Label } from '../../diagnostics/diagnostic.ts'
import { positionAt } from '../../diagnostics/source-file.ts'
import type { EventPattern } from '../../events/pattern.ts'
import type { Candidate } from '../order/candidates.ts'
import { painter, type ReportInput } from './report-input.ts'

/** The author's event with a mark under each value that is not what was seen, and where variables got theirs. */
export function wrongFieldFrame(
  input: ReportInput,
  { labels }: Diagnostic,
  { leaf, wrong }: Candidate,
): string[] {
  const paint = painter(input)
  const [first] = labels
  if (!first) return []
  const { file } = first.span
  const source = file.text.split('\n')
  const lineOf = (offset: number) => positionAt(file, offset).line
  const marked = new Map<number, string[]>()
  labels.forEach((label, at) => {
    if (label.span.file !== file) return
    const line = lineOf(label.span.start)
    const source = at < wrong.length ? argumentSource(input, leaf.pattern, wrong[at]!.field) : ''
    const text = underline(label, at < wrong.length ? '^' : '-') + source
    marked.set(line, [...(marked.get(line) ?? []), paint(at < wrong.length ? 'bad' : 'dim', text)])
  })
  const eventLine = lineOf(leaf.span.start)
  const shown = [...new Set([eventLine, ...marked.keys()])].sort((a, b) => a - b)
  const gutter = String(shown.at(-1)).length
  const lines: string[] = []
  shown.forEach((line, at) => {
    const previous = shown[at - 1]
    if (previous !== undefined && line > previous + 1) lines.push(`   ${'…'.padStart(gutter)} |`)
    lines.push(`   ${String(line).padStart(gutter)} | ${source[line - 1]}`.trimEnd())
    for (const mark of marked.get(line) ?? []) lines.push(`   ${' '.repeat(gutter)} | ${mark}`)
  })
  return lines
}

function underline({ span, text }: Label, sign: '^' | '-'): string {
  const { column } = positionAt(span.file, span.start)
  const lineEnd = span.file.text.indexOf('\n', span.start)
  const end = Math.min(span.end, lineEnd < 0 ? span.end : lineEnd)
  const words = text === undefined ? '' : ` ${text}`
  return `${' '.repeat(column - 1)}${sign.repeat(Math.max(1, end - span.start))}${words}`
}

/** What an argument is fetched from, as its probe defines it: `b=%si:s32`. */
function argumentSource({ plan }: ReportInput, { kind, fields }: EventPattern, field: string): string {
  const probe = fields['probe']
  const name = /^args\.(\w+)$/.exec(field)?.[1]
  if ((kind !== 'hit' && kind !== 'ret') || probe?.kind !== 'equal' || name === undefined) return ''
  const known = plan.probes.get(String(probe.value))?.definition.arguments
  const argument = known?.find(candidate => candidate.name === name) ?? known?.[Number(name)]
  return argument ? `      ${argument.name}=${argument.text}` : ''
}
