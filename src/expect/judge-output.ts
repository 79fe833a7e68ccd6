// SPDX-License-Identifier: MIT
import { diffLines } from 'diff'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { describeMismatch } from '../events/describe-pattern.ts'
import type { MatchContext } from '../events/match-context.ts'
import { noBindings } from '../events/match-event.ts'
import { type Attempt, matchValue } from '../events/match-value.ts'
import type { Bindings } from '../events/mismatch.ts'
import type { Expectation } from '../scenario/scenario.ts'
import type { Run } from './run.ts'

/** T013 where the programs' output or errors are not what the scenario says. */
export function checkOutput(
  expect: Expectation,
  run: Run,
  context: MatchContext,
  bindings: Bindings = noBindings,
): Diagnostic[] {
  return (['output', 'errors'] as const).flatMap((key): Diagnostic[] => {
    const pattern = expect[key]
    if (!pattern) return []
    const attempt: Attempt = { bindings, context, wrong: [], mayBind: true }
    matchValue(pattern, run[key], key, attempt)
    const [wrong] = attempt.wrong
    if (!wrong) return []
    const text = pattern.kind === 'equal' && typeof pattern.value === 'string' ? pattern.value : undefined
    const long = text !== undefined && (text.includes('\n') || run[key].includes('\n'))
    return [
      {
        code: 'T013',
        severity: 'error',
        message: long ? `the ${key} of the programs differs` : describeMismatch(wrong),
        labels: [{ span: pattern.span }],
        ...(long ? { notes: [lineDifference(text, run[key])] } : {}),
      },
    ]
  })
}

/** Lines that are missing after `-`, lines that are new after `+`. */
function lineDifference(wanted: string, got: string): string {
  const parts = diffLines(wanted, got).map(({ added, removed, value }) => {
    const sign = added ? '+' : removed ? '-' : ' '
    const lines = value.endsWith('\n') ? value.slice(0, -1) : `${value} (no newline at the end)`
    return lines
      .split('\n')
      .map(line => `${sign} ${line}`)
      .join('\n')
  })
  return parts.join('\n')
}
