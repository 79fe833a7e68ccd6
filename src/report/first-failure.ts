// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { positionAt } from '../diagnostics/source-file.ts'

/** What went wrong, on one line: `T001 event #7 was not expected (scenarios/race.yaml:47)`. */
export function firstFailure(diagnostics: readonly Diagnostic[]): string {
  const first = diagnostics.find(diagnostic => diagnostic.severity === 'error') ?? diagnostics[0]
  if (!first) return ''
  const label = first.labels[0]
  const message = first.message.replace(/\s+/g, ' ')
  if (!label) return `${first.code} ${message}`
  const { file, start } = label.span
  return `${first.code} ${message} (${file.path}:${positionAt(file, start).line})`
}
