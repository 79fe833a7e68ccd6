// SPDX-License-Identifier: MIT
import { compareOutcomes } from './compare-outcomes.ts'
import { compareTexts } from './compare-texts.ts'
import type { CorpusEntry } from './read-corpus.ts'
import { runCase } from './run-case.ts'

/** What differs between this kernel and the recording of a case; empty when it passes. */
export function checkCase({ input, files, recorded }: CorpusEntry): string[] {
  const { outcome, printed, broken } = runCase(input, files, recorded.start)
  return [
    ...(broken === undefined ? [] : [`the run broke off: ${broken}`]),
    ...compareOutcomes(input, outcome, recorded),
    ...compareTexts(input, outcome.events, printed, recorded.events),
  ]
}
