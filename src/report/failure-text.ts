// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../diagnostics/render.ts'
import { footerOf, headingOf } from '../expect/failure/heading.ts'
import { inkFor } from './ink.ts'
import type { ReporterOptions, Result } from './messages.ts'

/**
 * Everything that there is to say about a test that failed, with a trailing newline. One that ran is headed by its id and
 * ends with what to type to see it again, whatever it failed of.
 */
export function failureText(result: Result, options: Pick<ReporterOptions, 'color'>): string {
  const details = options.color ? (result.detailsInColor ?? result.details) : result.details
  const text = (details ?? renderDiagnostics(result.diagnostics, options)).trimEnd()
  return result.status === 'failed' ? framed(text, result, options) : `${text}\n`
}

function framed(
  text: string,
  { id, details = '', diagnostics }: Result,
  { color }: { color: boolean },
): string {
  const first = diagnostics.find(({ severity }) => severity === 'error')
  const headed = !first || details.startsWith(`✗ ${id} `)
  const footer = footerOf(id)
  const footed = details.includes(`\n${footer[0]}\n`)
  return [
    ...(headed ? [] : [headingOf(id, first, inkFor(color).red('✗')), '']),
    text,
    ...(footed ? [] : ['', ...footer]),
    '',
  ].join('\n')
}
