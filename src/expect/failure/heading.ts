// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { painter, type ReportInput } from './report-input.ts'

/** `✗ race    event #7 was not expected: …    [T001]` */
export function heading(input: ReportInput, { message, code }: Diagnostic): string {
  return `${painter(input)('bad', '✗')} ${input.plan.scenario.id}    ${message}    [${code}]`
}

/** What to type to see it again. Ids of variants hold brackets, which shells read as patterns. */
export function footer({ plan }: ReportInput): string[] {
  const { id } = plan.scenario
  const word = /^[\w./-]+$/.test(id) ? id : `'${id.replaceAll("'", "'\\''")}'`
  return [`  rerun    trapline ${word}`, `  trace    trapline trace ${word} --lanes`]
}
