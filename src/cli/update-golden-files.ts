// SPDX-License-Identifier: MIT
import { relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compareGolden } from '../expect/golden/compare-golden.ts'
import { updateGoldens } from '../expect/golden/update-goldens.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Outcome } from './run-tests.ts'

export type Executed = { readonly scenario: Scenario; readonly outcome: Outcome }

type UpdateGoldenOptions = {
  readonly mode: 'changed' | 'missing' | 'all'
  readonly folder: string
  readonly tell: (text: string) => void
  /** Whether it could be written. */
  readonly write: (path: string, text: string) => boolean
}

/**
 * Writes the goldens of all variants of a file, where the variants that share one agree on it; gives the outcomes as they are then. A variant
 * that still fails otherwise blesses nothing, for any that share its golden.
 */
export function updateGoldenFiles(
  executed: readonly Executed[],
  options: UpdateGoldenOptions,
): readonly Executed[] {
  const paths = [...new Set(executed.flatMap(({ outcome }) => outcome.golden?.path ?? []))]
  return paths.reduce((updated, path) => updateOne(path, updated, options), executed)
}

function updateOne(
  path: string,
  executed: readonly Executed[],
  { mode, folder, tell, write }: UpdateGoldenOptions,
): readonly Executed[] {
  const sharing = executed.filter(({ outcome }) => outcome.golden?.path === path)
  const failing = sharing.find(({ outcome }) => failsOtherwise(outcome))
  const before = sharing[0]!.outcome.golden!.before
  const wanted = mode === 'all' || (mode === 'missing') === (before === undefined)
  if (!wanted || failing) return executed
  const { writes, diagnostics } = updateGoldens(
    sharing.map(({ scenario, outcome }) => ({ scenario, ...outcome.golden! })),
  )
  const [disagreement] = diagnostics
  if (disagreement) {
    tell(`left alone: ${relative(folder, path)}, because its variants disagree\n`)
    return settle(executed, sharing, outcome => disagreeing(outcome, disagreement))
  }
  if (!writes[0] || !write(path, writes[0].text)) return executed
  tell(describeWrite(relative(folder, path), before, writes[0].text))
  return settle(executed, sharing, blessed)
}

function failsOtherwise({ diagnostics, golden }: Outcome): boolean {
  return diagnostics.some(diagnostic => diagnostic.severity === 'error' && diagnostic !== golden?.diagnostic)
}

function settle(
  executed: readonly Executed[],
  sharing: readonly Executed[],
  change: (outcome: Outcome) => Outcome,
): readonly Executed[] {
  return executed.map(entry =>
    sharing.includes(entry) ? { ...entry, outcome: change(entry.outcome) } : entry,
  )
}

function disagreeing(outcome: Outcome, disagreement: Diagnostic): Outcome {
  const { details: _, detailsInColor: __, ...rest } = outcome
  return { ...rest, status: 'failed', diagnostics: [disagreement] }
}

/** Its golden is now what it did, and nothing else was wrong with it. */
function blessed({ events, steps }: Outcome): Outcome {
  return { status: 'passed', diagnostics: [], events, steps }
}

function describeWrite(path: string, before: string | undefined, text: string): string {
  if (before === undefined) {
    const events = text.trimEnd().split('\n').length - 1
    return `wrote ${path}: ${events} ${events === 1 ? 'event' : 'events'}\n`
  }
  const difference = compareGolden(before, text)
  const lines = (difference?.lines ?? []).filter(({ sign }) => sign !== ' ')
  const shown = lines.map(line => `    ${line.sign} ${line.text}\n`).join('')
  return `changed ${path}: ${difference?.differing ?? 0} of ${difference?.total ?? 0} events\n${shown}`
}
