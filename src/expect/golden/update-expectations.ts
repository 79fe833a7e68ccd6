// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { SourceFile, Span } from '../../diagnostics/source-file.ts'
import type { ValuePattern } from '../../events/pattern.ts'
import type { Value } from '../../events/value.ts'
import type { Plan } from '../../plan/plan.ts'
import type { OrderNode } from '../../scenario/scenario.ts'
import { judgeOrder } from '../judge-order.ts'
import { orderDiagnostic, wrongFields } from '../order-diagnostic.ts'
import { planContext } from '../plan-context.ts'
import type { Run } from '../run.ts'
import { writeScalar } from './write-scalar.ts'

export type Patch = { readonly span: Span; readonly text: string }
export type ExpectationUpdate = {
  /** The file's text with the patches made; the same text where there are none. */
  readonly text: string
  readonly patches: readonly Patch[]
  /** What is wrong and no patch mends: events that are missing or new, patterns that are not plain values, variants that disagree. */
  readonly left: readonly Diagnostic[]
}

/**
 * Puts values that were seen in place of plain values that differ in `events:`, in the text of the scenario's own file: whatever stands
 * around them, and every `_`, `$x`, range or comment, stays. Give it all variants that were run; a change that would break one of them is
 * not made.
 */
export function updateExpectations(
  file: SourceFile,
  variants: readonly { readonly plan: Plan; readonly run: Run }[],
): ExpectationUpdate {
  const changes = new Map<string, Change>()
  const stopped = variants.map(({ plan, run }) => collectChanges(plan, run, file, changes))
  const broken = variants.map(({ plan, run }) => breaks(plan, run, changes))
  const left = variants.flatMap(({ plan }, at) =>
    broken[at] && stopped[at]!.length === 0 ? [disagreement(plan)] : stopped[at]!,
  )
  if (broken.includes(true)) return { text: file.text, patches: [], left }
  const patches = [...changes.values()].map(({ span, text }) => ({ span, text }))
  return { text: applyPatches(file.text, patches), patches, left }
}

/** Replaces spans of a text; they do not overlap. */
export function applyPatches(text: string, patches: readonly Patch[]): string {
  return [...patches]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((patched, { span, text }) => patched.slice(0, span.start) + text + patched.slice(span.end), text)
}

type Change = Patch & { readonly value: Value }

/** Follows a run as far as plain values are all that is wrong; notes each in `changes` and returns what stopped it. */
function collectChanges(plan: Plan, run: Run, file: SourceFile, changes: Map<string, Change>): Diagnostic[] {
  for (;;) {
    const judgement = judgeWith(plan, run, changes)
    if (!judgement || judgement.ok) return []
    const { failure } = judgement
    const wrong = failure.reason === 'unexpected' ? wrongFields(failure)?.wrong : undefined
    const found = (wrong ?? []).map(({ pattern, got }) => changeOf(pattern, got, file))
    const isMended =
      found.length > 0 && found.every(change => change !== undefined && !changes.has(keyOf(change.span)))
    if (!isMended) return [orderDiagnostic(failure)]
    for (const change of found) if (change) changes.set(keyOf(change.span), change)
  }
}

function changeOf(
  pattern: ValuePattern | undefined,
  got: Value | undefined,
  file: SourceFile,
): Change | undefined {
  if (pattern?.kind !== 'equal' || got === undefined || pattern.span.file.path !== file.path) return undefined
  const text = writeScalar(got, file.text.slice(pattern.span.start, pattern.span.end))
  return text === undefined ? undefined : { span: pattern.span, text, value: got }
}

function judgeWith({ expect, ...plan }: Plan, { events, final }: Run, changes: ReadonlyMap<string, Change>) {
  if (!expect.events) return undefined
  const inView = events.filter(({ kind }) => expect.trace.includes(kind))
  return judgeOrder(
    'events',
    changed(expect.events, changes),
    inView,
    planContext({ expect, ...plan }, final),
  )
}

/** Whether a variant that was right, or was put right as far as it went, is wrong in a changed value after all changes. */
function breaks(plan: Plan, run: Run, changes: ReadonlyMap<string, Change>): boolean {
  const before = judgeWith(plan, run, new Map())
  const after = judgeWith(plan, run, changes)
  if (!after || after.ok) return false
  if (!before || before.ok) return true
  const { failure } = after
  const wrong = failure.reason === 'unexpected' ? (wrongFields(failure)?.wrong ?? []) : []
  return wrong.some(({ span }) => changes.has(keyOf(span)))
}

function keyOf({ start, end }: Span): string {
  return `${start}:${end}`
}

/** A copy of an expectation with new values where there are changes. */
function changed(node: OrderNode, changes: ReadonlyMap<string, Change>): OrderNode {
  return copy(node) as OrderNode

  function copy(data: unknown): unknown {
    if (typeof data !== 'object' || data === null) return data
    if (Array.isArray(data)) return data.map(copy)
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, copy(value)]))
    if (isEqualPattern(data)) {
      const change = changes.get(keyOf(data.span))
      return change ? { ...data, value: change.value } : data
    }
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        key === 'span' || key === 'keySpan' ? value : copy(value),
      ]),
    )
  }
}

function isEqualPattern(data: object): data is ValuePattern & { readonly kind: 'equal' } {
  return 'kind' in data && data.kind === 'equal'
}

function disagreement({ scenario }: Plan): Diagnostic {
  return {
    code: 'T005',
    severity: 'error',
    message: `${scenario.id} needs another value than the variants that share its expectation`,
    labels: [{ span: scenario.expect.span }],
    help: ['write `${axis}` where the variants differ'],
  }
}
