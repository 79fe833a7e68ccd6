// SPDX-License-Identifier: MIT
import type { Code } from '../diagnostics/codes.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'

/** Takes note of a mistake and goes on, so that all mistakes of one phase are told at once. */
export type Report = (diagnostic: Diagnostic) => void

/** An error with one label, which most are. */
export function error(
  code: Code,
  span: Span,
  message: string,
  more: { readonly label?: string | undefined; readonly help?: readonly string[] | string | undefined } = {},
): Diagnostic {
  const help = typeof more.help === 'string' ? [more.help] : more.help
  return {
    code,
    severity: 'error',
    message,
    labels: [{ span, ...(more.label !== undefined && { text: more.label }) }],
    ...(help && { help }),
  }
}
