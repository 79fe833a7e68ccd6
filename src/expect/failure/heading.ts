// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { painter, type ReportInput } from './report-input.ts'

/** `✗ race    event #7 was not expected: …    [T001]` */
export function heading(input: ReportInput, diagnostic: Diagnostic): string {
  return headingOf(input.plan.scenario.id, diagnostic, painter(input)('bad', '✗'))
}

export function headingOf(id: string, { message, code }: Diagnostic, mark: string): string {
  return `${mark} ${id}    ${message}    [${code}]`
}

export function footer({ plan }: ReportInput): string[] {
  return footerOf(plan.scenario.id)
}

/** What to type to see it again. Ids of variants hold brackets, which shells read as patterns. */
export function footerOf(id: string): string[] {
  const word = /^[\w./-]+$/.test(id) ? id : `'${id.replaceAll("'", "'\\''")}'`
  return [`  rerun    trapline ${word}`, `  trace    trapline trace ${word} --lanes`]
}
