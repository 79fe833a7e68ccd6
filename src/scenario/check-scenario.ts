// SPDX-License-Identifier: MIT
import { checkAssertions, checkProbesMentioned } from './check-assertions.ts'
import { checkExpressions } from './check-expressions.ts'
import { checkLabels } from './check-labels.ts'
import { checkNames } from './check-names.ts'
import { checkVariables } from './check-variables.ts'
import { checkWords } from './check-words.ts'
import type { Report } from './report.ts'
import type { Scenario } from './scenario.ts'

/** What the schema cannot see: names, variables, labels, expressions, and whether anything is asserted at all. */
export async function checkScenario(scenario: Scenario, report: Report): Promise<void> {
  let unknownNames = false
  checkNames(scenario, diagnostic => {
    unknownNames = true
    report(diagnostic)
  })
  checkWords(scenario, report)
  checkVariables(scenario, report)
  checkLabels(scenario.expect, report)
  checkAssertions(scenario, report)
  // A misspelt name would otherwise be told twice: once as unknown, once as a probe that nothing mentions.
  if (!unknownNames) checkProbesMentioned(scenario, report)
  await checkExpressions(scenario, report)
}
