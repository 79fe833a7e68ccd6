// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compareGolden } from '../expect/golden/compare-golden.ts'
import { goldenPath } from '../expect/golden/golden-file.ts'
import { type GoldenOutcome, updateGoldens } from '../expect/golden/update-goldens.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Outcome } from './run-tests.ts'

export type UpdateOptions = {
  readonly mode: 'changed' | 'missing' | 'all'
  readonly execute: (scenario: Scenario) => Promise<Outcome>
  /** Every variant of every selected file, whether it was selected or not; of files without mistakes only. */
  readonly scenarios: readonly Scenario[]
  /** Folder that told paths start from. */
  readonly folder: string
  /** Told what is written, and what is not and why. */
  readonly tell: (text: string) => void
}

/**
 * Executes scenarios and writes their goldens. A golden that variants share is written when all of them agree, and whether they were
 * selected or not; it is never blessed from one of them, nor from a run that has anything else wrong with it.
 */
export function updateMode(options: UpdateOptions): (scenario: Scenario) => Promise<Outcome> {
  const outcomes = new Map<Scenario, Promise<Outcome>>()
  const decisions = new Map<string, Promise<Decision>>()
  const once = (scenario: Scenario): Promise<Outcome> => {
    const known = outcomes.get(scenario) ?? options.execute(scenario)
    outcomes.set(scenario, known)
    return known
  }
  return async scenario => {
    const outcome = await once(scenario)
    const path = goldenPath(scenario)
    if (path === undefined) return outcome
    const decision = decisions.get(path) ?? decide(path, once, options)
    decisions.set(path, decision)
    const { written, disagreement } = await decision
    return settle(outcome, written, disagreement)
  }
}

type Decision = { readonly written: boolean; readonly disagreement?: Diagnostic | undefined }

async function decide(
  path: string,
  once: (scenario: Scenario) => Promise<Outcome>,
  { mode, scenarios, folder, tell }: UpdateOptions,
): Promise<Decision> {
  const sharing = scenarios.filter(scenario => goldenPath(scenario) === path)
  const compared: GoldenOutcome[] = []
  for (const scenario of sharing) {
    const outcome = await once(scenario)
    const hindrance = hindranceOf(scenario, outcome)
    if (hindrance !== undefined) {
      tell(`not blessed: ${scenario.id} (${hindrance})\n`)
      return { written: false }
    }
    compared.push({ scenario, ...outcome.golden! })
  }
  const { writes, diagnostics } = updateGoldens(compared)
  const before = compared[0]?.before
  if (diagnostics[0]) {
    tell(`left alone: ${relative(folder, path)}, because its variants disagree\n`)
    return { written: false, disagreement: diagnostics[0] }
  }
  const wanted = mode === 'all' || (mode === 'missing') === (before === undefined)
  if (!wanted || !writes[0]) return { written: false }
  try {
    writeFileSync(path, writes[0].text)
  } catch (error) {
    tell(`not written: ${(error as Error).message}\n`)
    return { written: false }
  }
  tell(describeWrite(relative(folder, path), before, writes[0].text))
  return { written: true }
}

/** Why the golden cannot be taken from this run; undefined when nothing but the golden is wrong with it. */
function hindranceOf(scenario: Scenario, outcome: Outcome): string | undefined {
  if (scenario.xfail !== undefined) return `it is marked xfail: ${scenario.xfail}`
  const other = outcome.diagnostics.find(
    diagnostic => diagnostic.severity === 'error' && diagnostic !== outcome.golden?.diagnostic,
  )
  if (other) return `${other.code}: ${other.message}`
  return outcome.golden ? undefined : 'it did not run'
}

/** A golden that is written now no longer differs. */
function settle(outcome: Outcome, written: boolean, disagreement: Diagnostic | undefined): Outcome {
  if (disagreement) {
    const { details: _, detailsInColor: __, ...rest } = outcome
    return { ...rest, status: 'failed', diagnostics: [disagreement] }
  }
  return written
    ? { status: 'passed', diagnostics: [], events: outcome.events, steps: outcome.steps }
    : outcome
}

function describeWrite(path: string, before: string | undefined, text: string): string {
  if (before === undefined) return `wrote ${path}: ${text.trimEnd().split('\n').length - 1} events\n`
  const difference = compareGolden(before, text)
  const lines = (difference?.lines ?? []).filter(({ sign }) => sign !== ' ')
  const shown = lines.map(line => `    ${line.sign} ${line.text}\n`).join('')
  return `changed ${path}: ${difference?.differing ?? 0} of ${difference?.total ?? 0} events\n${shown}`
}
