// SPDX-License-Identifier: MIT
import { relative } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Scenario } from '../../scenario/scenario.ts'

/** What a variant's run would have its golden be. */
export type GoldenOutcome = {
  readonly scenario: Scenario
  readonly path: string
  readonly text: string
  /** What the file holds now. */
  readonly before: string | undefined
}
export type GoldenUpdate = {
  readonly writes: readonly { readonly path: string; readonly text: string }[]
  /** T005 for each golden that its variants do not agree on: nothing is written for those. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The files that an update writes: those that differ and that all variants agree on. Give it the outcome of every variant that shares a
 * golden; a golden shared by variants is never blessed from one of them. Whether writing is allowed at all (CI) is the caller's to know.
 */
export function updateGoldens(outcomes: readonly GoldenOutcome[]): GoldenUpdate {
  const writes: { path: string; text: string }[] = []
  const diagnostics: Diagnostic[] = []
  for (const [path, shared] of groupByPath(outcomes)) {
    const disagreement = describeDisagreement(shared)
    if (disagreement) diagnostics.push(disagreement)
    else if (shared[0] && shared[0].text !== shared[0].before) writes.push({ path, text: shared[0].text })
  }
  return { writes, diagnostics }
}

/**
 * T005 for variants that share a golden and yet differ (`per` makes a golden a differential test); it holds also while there is no file.
 */
export function disagreements(outcomes: readonly GoldenOutcome[]): readonly Diagnostic[] {
  return [...groupByPath(outcomes).values()].flatMap(shared => describeDisagreement(shared) ?? [])
}

function groupByPath(outcomes: readonly GoldenOutcome[]): Map<string, GoldenOutcome[]> {
  const groups = new Map<string, GoldenOutcome[]>()
  for (const outcome of outcomes) {
    const group = groups.get(outcome.path)
    if (group) group.push(outcome)
    else groups.set(outcome.path, [outcome])
  }
  return groups
}

function describeDisagreement(shared: readonly GoldenOutcome[]): Diagnostic | undefined {
  const texts = [...new Set(shared.map(({ text }) => text))]
  const [first] = shared
  const span = first?.scenario.expect.golden?.span
  if (!first || !span || texts.length < 2) return undefined
  const camps = texts.map(text =>
    shared.filter(outcome => outcome.text === text).map(({ scenario }) => scenario.id),
  )
  const name = relative(first.scenario.folder, first.path)
  return {
    code: 'T005',
    severity: 'error',
    message: `variants that share ${name} give ${texts.length} different traces`,
    labels: [{ span, text: 'they must be indistinguishable' }],
    notes: camps.map(ids => `the same trace: ${ids.join(', ')}`),
    help: ['`per` names the axes that may change the trace: add one, or find out why they differ'],
  }
}
