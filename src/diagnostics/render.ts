// SPDX-License-Identifier: MIT
import { codeFrame } from './code-frame.ts'
import type { Diagnostic } from './diagnostic.ts'
import { type Paint, paintNothing, paintTerminal } from './paint.ts'
import { positionAt } from './source-file.ts'

export type RenderOptions = { readonly color: boolean }

/** Diagnostics as a person reads them, one after the other with an empty line between; no trailing newline. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map(diagnostic => renderDiagnostic(diagnostic, options)).join('\n\n')
}

/** One diagnostic: its sentence, the author's text with marks under it, notes and help. No trailing newline. */
export function renderDiagnostic(diagnostic: Diagnostic, { color }: RenderOptions): string {
  const paint = color ? paintTerminal : paintNothing
  const gutter = gutterWidth(diagnostic)
  const bar = ' '.repeat(gutter + 1) + paint.frame('|')
  const lines = [headline(diagnostic, paint), ...frames(diagnostic, gutter, paint)]
  const listing = diagnostic.listing ?? []
  const remarks = [
    ...(diagnostic.notes ?? []).flatMap(note => remark('note', note, gutter, paint)),
    ...(diagnostic.help ?? []).flatMap(help => remark('help', help, gutter, paint)),
  ]
  if (listing.length > 0) lines.push(bar, ...listing.map(line => `${bar}  ${line}`))
  if (diagnostic.labels.length > 0 && (remarks.length > 0 || showsContext(diagnostic))) lines.push(bar)
  return [...lines, ...remarks].join('\n')
}

function headline({ severity, code, message }: Diagnostic, paint: Paint): string {
  return `${paint[severity](`${severity}[${code}]`)}${paint.strong(`: ${message}`)}`
}

function frames(diagnostic: Diagnostic, gutter: number, paint: Paint): string[] {
  return diagnostic.labels.flatMap((label, index) => {
    const frame = codeFrame(label, {
      gutter,
      primary: index === 0,
      context: index === 0 && showsContext(diagnostic),
      severity: diagnostic.severity,
      paint,
    })
    return index === 0 ? frame : [`${' '.repeat(gutter + 1)}${paint.frame('|')}`, ...frame]
  })
}

/** Where the shape of the file is at fault, the line before shows where the reader is; a wrong word needs none. */
function showsContext({ code }: Diagnostic): boolean {
  return code.startsWith('S')
}

function remark(kind: 'note' | 'help', text: string, gutter: number, paint: Paint): string[] {
  const head = `${' '.repeat(gutter + 1)}${paint.frame('=')} ${paint.strong(`${kind}:`)} `
  const indent = ' '.repeat(gutter + 1 + `= ${kind}: `.length)
  return text.split('\n').map((line, index) => (index === 0 ? head : indent) + line)
}

function gutterWidth({ labels }: Diagnostic): number {
  const lines = labels.map(({ span }) => positionAt(span.file, span.start).line)
  return String(Math.max(1, ...lines)).length
}
