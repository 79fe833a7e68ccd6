// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { GoldenDifference, GoldenLine } from '../golden/compare-golden.ts'
import { footer, heading } from './heading.ts'
import { painter, type ReportInput } from './report-input.ts'

const context = 2
const mostLines = 40

/** The lines that differ from a golden, with a few around them, and how many events that is. */
export function explainGolden(
  input: ReportInput,
  difference: GoldenDifference,
  diagnostic: Diagnostic,
): string {
  const { lines, differing, total, header } = difference
  const body = differing > 0 ? shownLines(input, lines) : []
  const sum = `    ${differing} of ${total} ${total === 1 ? 'event' : 'events'} ${differing === 1 ? 'differs' : 'differ'}`
  const head = header
    ? ['    its first line is another', `    - ${header.golden}`, `    + ${header.now}`, '']
    : []
  const shared = input.plan.expect.golden?.per
    ? ['    the golden is shared by variants: --update writes it only if all of them agree']
    : []
  return [
    heading(input, diagnostic),
    '',
    ...head,
    ...body,
    ...(body.length > 0 ? [''] : []),
    sum,
    ...shared,
    '',
    ...footer(input),
  ].join('\n')
}

function shownLines(input: ReportInput, lines: readonly GoldenLine[]): string[] {
  const full = input.options.full ?? false
  const paint = painter(input)
  const near = lines.map(
    (_, at) =>
      full || lines.slice(Math.max(0, at - context), at + context + 1).some(({ sign }) => sign !== ' '),
  )
  const shown: string[] = []
  let skipped = 0
  lines.forEach((line, at) => {
    if (!near[at] || (!full && shown.length >= mostLines)) {
      skipped++
      return
    }
    if (skipped > 0) shown.push(omitted(skipped))
    skipped = 0
    const part = line.sign === ' ' ? 'dim' : line.sign === '-' ? 'bad' : 'good'
    shown.push(paint(part, `    ${line.sign} ${line.text}`.trimEnd()))
    if (line.changed && line.changed.length > 0) shown.push(`      ${waves(line.changed)}`)
  })
  return skipped > 0 ? [...shown, omitted(skipped)] : shown
}

function omitted(count: number): string {
  return `      … ${count} more ${count === 1 ? 'line' : 'lines'}`
}

function waves(columns: readonly (readonly [start: number, end: number])[]): string {
  return columns.reduce((text, [start, end]) => text.padEnd(start) + '~'.repeat(Math.max(1, end - start)), '')
}
