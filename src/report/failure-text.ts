// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../diagnostics/render.ts'
import type { ReporterOptions, Result } from './messages.ts'

/** Everything that there is to say about a test that failed, with a trailing newline. */
export function failureText(result: Result, options: Pick<ReporterOptions, 'color'>): string {
  const details = options.color ? (result.detailsInColor ?? result.details) : result.details
  const text = details ?? renderDiagnostics(result.diagnostics, { color: options.color })
  return text.endsWith('\n') ? text : `${text}\n`
}
