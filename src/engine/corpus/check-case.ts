// SPDX-License-Identifier: MIT
import { compareOutcomes } from './compare-outcomes.ts'
import { compareTexts } from './compare-texts.ts'
import type { CorpusEntry, UnreadableCase } from './read-corpus.ts'
import { runCase } from './run-case.ts'

/** What differs between this kernel and the recording of a case; empty when it passes. */
export function checkCase(entry: CorpusEntry | UnreadableCase): string[] {
  if ('problem' in entry) return [`the case cannot be read: ${entry.problem}`]
  const { input, files, recorded } = entry
  const run = runCase(input, files, recorded.start)
  if (typeof run === 'string') return [run]
  const { outcome, printed, broken } = run
  return [
    ...(broken === undefined ? [] : [`the run broke off: ${broken}`]),
    ...compareOutcomes(input, outcome, recorded),
    ...compareTexts(input, outcome.events, printed, recorded.events),
  ]
}
