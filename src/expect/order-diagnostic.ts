// SPDX-License-Identifier: MIT
import type { Diagnostic, Label } from '../diagnostics/diagnostic.ts'
import {
  describeEventPattern,
  describeMismatch,
  describePattern,
  describeWanted,
} from '../events/describe-pattern.ts'
import { describeKind } from '../events/event-kinds.ts'
import { eventOnThread, shortEvent } from '../events/format-event.ts'
import { formatValue } from '../events/format-value.ts'
import type { Mismatch } from '../events/mismatch.ts'
import type { OrderFailure } from './judge-order.ts'
import type { Candidate } from './order/candidates.ts'
import type { OrderLeaf } from './order/grammar.ts'

/** The diagnostic for events out of order; its first label is the node of the file that is to be looked at. */
export function orderDiagnostic(failure: OrderFailure): Diagnostic {
  switch (failure.reason) {
    case 'limit':
      return tooManyWays(failure)
    case 'ended':
      return ended(failure)
    case 'unexpected': {
      const wrong = wrongFields(failure)
      return wrong ? wrongFieldDiagnostic(failure, wrong) : unexpected(failure)
    }
  }
}

export type Unexpected = Extract<OrderFailure, { reason: 'unexpected' }>

/** The candidate that the event is, but for fields other than its subject; undefined where it is another event. */
export function wrongFields(failure: Unexpected): Candidate | undefined {
  return failure.wrongFields ? failure.candidates[0] : undefined
}

/** Why a candidate is not the event: `hit is another kind`, `this is thread A`, or its fields. */
export function describeDistance({ wrong }: Candidate): string {
  const thread = wrong.find(({ field }) => field === 'thread')
  if (thread) return `this is thread ${formatValue(thread.got ?? '', 'name')}`
  return wrong.map(describeMismatch).join('; ')
}

function wrongFieldDiagnostic({ event }: Unexpected, { wrong }: Candidate): Diagnostic {
  const { subject } = describeKind(event.kind)
  const name = `${event.kind} ${formatValue(event.fields[subject] ?? event.thread, 'name')}`
  const [first] = wrong
  const difference =
    wrong.length === 1 && first
      ? describeDifference(first)
      : `${wrong.map(({ field }) => field).join(' and ')} differ`
  return {
    code: 'T002',
    severity: 'error',
    message: `event #${event.index}, ${name}: ${difference}`,
    labels: [
      ...wrong.map(
        ({ span, got }): Label => ({ span, text: got === undefined ? 'missing' : `got ${formatValue(got)}` }),
      ),
      ...wrong.flatMap(boundLabel),
    ],
  }
}

function describeDifference(mismatch: Mismatch): string {
  const { field, got, reason } = mismatch
  if (reason !== 'value' || got === undefined) return describeMismatch(mismatch)
  return `${field} is ${formatValue(got)}, not ${describeWanted(mismatch)}`
}

function boundLabel({ bound, pattern }: Mismatch): Label[] {
  if (!bound || pattern?.kind !== 'variable') return []
  const at = bound.event === undefined ? '' : ` at event #${bound.event}`
  return [{ span: bound.span, text: `$${pattern.name} became ${formatValue(bound.value)} here${at}` }]
}

function unexpected({ event, candidates, later, node, taken }: Unexpected): Diagnostic {
  const [nearest] = candidates
  const last = taken.at(-1)?.leaf
  const primary: Label = nearest
    ? { span: spanOf(nearest), text: `expected next, but ${describeDistance(nearest)}` }
    : { span: last?.span ?? node.span, text: 'nothing is expected after this' }
  const [fit] = later
  return {
    code: 'T001',
    severity: 'error',
    message: `event #${event.index} was not expected: ${eventOnThread(event)}`,
    labels: [primary, ...(fit ? [{ span: fit.span, text: 'it fits this, which is not yet due' }] : [])],
  }
}

/** The value that is wrong where only the subject is; the whole node otherwise. */
function spanOf({ leaf, wrong }: Candidate): Label['span'] {
  const { subject } = describeKind(leaf.pattern.kind)
  const [first] = wrong
  return wrong.length === 1 && first?.field === subject ? first.span : leaf.span
}

function ended({ construct, required, node, taken }: Extract<OrderFailure, { reason: 'ended' }>): Diagnostic {
  const [first] = required
  const missing = first ? describeLeaf(first) : 'an event'
  const last = taken.at(-1)?.event
  const after = last ? ` after event #${last.index}, ${shortEvent(last)}` : ''
  return {
    code: 'T001',
    severity: 'error',
    message:
      construct === 'contains'
        ? `the trace does not contain ${missing}${after}`
        : `the trace ended, but ${missing} was still expected`,
    labels:
      required.length > 0
        ? required.map(({ span }) => ({ span, text: 'did not happen' }))
        : [{ span: node.span }],
  }
}

/** `[B] exit B`. */
export function describeLeaf({ pattern }: OrderLeaf): string {
  const text = describeEventPattern(pattern)
  return pattern.thread ? `[${describePattern(pattern.thread, true)}] ${text}` : text
}

function tooManyWays({ node, construct }: Extract<OrderFailure, { reason: 'limit' }>): Diagnostic {
  return {
    code: 'T014',
    severity: 'error',
    message: `the events could fit \`${construct}\` in too many ways; the search was given up, so nothing is known`,
    labels: [{ span: node.span }],
    help: ['say more about events that look alike: lanes or `thread:`, arguments, `after:`'],
  }
}
