// SPDX-License-Identifier: MIT
import { valuePatterns } from './all-patterns.ts'
import { error, type Report } from './report.ts'
import type { Scenario } from './scenario.ts'

/** Regular expressions must be ones, and must not match everything. The engine for them is loaded only when there are any. */
export async function checkExpressions(scenario: Scenario, report: Report): Promise<void> {
  const patterns = valuePatterns(scenario).flatMap(pattern => (pattern.kind === 'regexp' ? [pattern] : []))
  if (patterns.length === 0) return
  const { RE2JS } = await import('re2js')
  for (const { source, span } of patterns) {
    try {
      if (RE2JS.compile(source).matcher('').find()) {
        const help = 'write `_` for any text, `""` for the empty one, or anchor it'
        report(
          error('L005', span, 'this expression matches the empty text, so it matches everything', { help }),
        )
      }
    } catch (problem) {
      const why =
        problem instanceof Error ? problem.message.replace(/^error parsing regexp: /, '') : String(problem)
      report(
        error('S010', span, 'this is no regular expression', {
          label: why,
          help: 'RE2 syntax: no back-references, no look-around',
        }),
      )
    }
  }
}
