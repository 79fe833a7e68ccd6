// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { renderDiagnostic } from '../../diagnostics/render.ts'
import { describeEventPattern, describePattern } from '../../events/describe-pattern.ts'
import type { EventPattern } from '../../events/pattern.ts'
import type { OrderFailure } from '../judge-order.ts'
import type { Candidate } from '../order/candidates.ts'
import type { OrderLeaf } from '../order/grammar.ts'
import { describeDistance, type Unexpected, wrongFields } from '../order-diagnostic.ts'
import { footer, heading } from './heading.ts'
import { lanes } from './lanes.ts'
import { fileAndLine } from './place.ts'
import type { ReportInput } from './report-input.ts'
import { stateNotes } from './state-notes.ts'
import { wrongFieldFrame } from './wrong-field-frame.ts'

const mostCandidates = 6

/** The report of events out of order (errors §3.4). `violated` are the `never` patterns that the event also fits. */
export function explainOrder(
  input: ReportInput,
  failure: OrderFailure,
  diagnostic: Diagnostic,
  violated: readonly EventPattern[],
): string {
  if (failure.reason === 'limit') return renderDiagnostic(diagnostic, { color: false })
  const body =
    failure.reason === 'ended'
      ? explainEnd(input, failure)
      : explainEvent(input, failure, diagnostic, violated)
  return [heading(input, diagnostic), '', ...body, '', ...footer(input)].join('\n')
}

function explainEvent(
  input: ReportInput,
  failure: Unexpected,
  diagnostic: Diagnostic,
  violated: readonly EventPattern[],
): string[] {
  const { event, events, candidates, later } = failure
  const wrong = wrongFields(failure)
  const notes = stateNotes(input, event)
  return [
    ...(wrong ? [...wrongFieldFrame(input, diagnostic, wrong), ''] : []),
    ...lanes(input, events, events.indexOf(event), wrong ? 'fields differ' : 'not expected'),
    ...(wrong ? [] : ['', ...expected(candidates)]),
    ...section('  it would fit, but is not yet due', later.map(leafLine)),
    ...section(
      '  also violates',
      violated.map(pattern => `     ${fileAndLine(pattern.span)}   never: ${describeForbidden(pattern)}`),
    ),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]
}

function expected(candidates: readonly Candidate[]): string[] {
  if (candidates.length === 0) return ['  nothing more was expected']
  const shown = candidates.slice(0, mostCandidates)
  const left = padded(shown.map(({ leaf }) => leafCells(leaf)))
  const lines = shown.map(
    (candidate, at) => `     ${left[at]}   (but ${describeDistance(candidate)})${boundNote(candidate)}`,
  )
  const more = candidates.length - shown.length
  return [
    candidates.length === 1 ? '  expected' : '  expected one of',
    ...lines,
    ...(more > 0 ? [`     … ${more} more`] : []),
  ]
}

function boundNote({ wrong }: Candidate): string {
  return wrong
    .flatMap(({ bound, pattern }) =>
      bound?.event !== undefined && pattern?.kind === 'variable'
        ? [` ($${pattern.name} was bound at event #${bound.event}, ${fileAndLine(bound.span)})`]
        : [],
    )
    .join('')
}

function explainEnd(input: ReportInput, failure: Extract<OrderFailure, { reason: 'ended' }>): string[] {
  const { construct, events, required } = failure
  const title =
    construct === 'contains'
      ? '  these were looked for and not found:'
      : '  the trace ended, but these were still expected:'
  const left = padded(required.map(leafCells))
  const lines = required.map((leaf, at) => `     ${left[at]}${whereabouts(input, leaf)}`.trimEnd())
  const shown = construct === 'contains' ? [] : lanes(input, events, events.length, '')
  return [title, ...lines, ...(shown.length > 0 ? ['', ...shown] : [])]
}

/** Where the task stands that should have done it. */
function whereabouts({ run }: ReportInput, { pattern }: OrderLeaf): string {
  const name = threadOf(pattern) || subjectTask(pattern)
  const task = run.tasks.find(candidate => candidate.name === name)
  if (!task) return ''
  const last = run.events.findLast(({ thread }) => thread === task.name)
  const since = last ? `, since event #${last.index}` : ''
  return `   (${task.name} is ${[task.state, task.where].filter(text => text !== '').join(' at ')}${since})`
}

function subjectTask({ kind, fields }: EventPattern): string {
  const thread = kind === 'exit' ? fields['thread'] : undefined
  return thread ? describePattern(thread, true) : ''
}

function describeForbidden(pattern: EventPattern): string {
  const thread = pattern.thread ? ` on thread ${describePattern(pattern.thread, true)}` : ''
  return `${describeEventPattern(pattern)}${thread}`
}

function leafLine(leaf: OrderLeaf): string {
  return `     ${leafCells(leaf)
    .filter(cell => cell !== '')
    .join('   ')}`
}

function leafCells({ span, pattern }: OrderLeaf): string[] {
  return [fileAndLine(span), threadOf(pattern), describeEventPattern(pattern)]
}

function threadOf({ thread }: EventPattern): string {
  return thread ? describePattern(thread, true) : ''
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines] : []
}

/** Rows with their columns padded to each other; a column that is empty everywhere takes no room. */
function padded(rows: readonly (readonly string[])[]): string[] {
  const columns = [...(rows[0] ?? []).keys()].filter(column => rows.some(row => row[column] !== ''))
  const widths = columns.map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row => columns.map((column, at) => row[column]!.padEnd(widths[at]!)).join('   '))
}
