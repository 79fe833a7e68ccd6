// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import { type ProgramText, SourceMap } from './assembler/source.ts'

const complaint = /^(.*?):(\d+):(?:(\d+):)? (fatal error|error|warning|note): (.*)$/
const undefinedReference = /undefined reference to [`'"]([^`'"]+)/

/**
 * Reads what cc and ld print. Lines of the program text point at it; those of included files, and of the linker, at
 * `span` or at the name they speak of.
 */
export function compilerWords(words: string, source: ProgramText, span: Span): Diagnostic[] {
  const map = new SourceMap(source)
  const found: Diagnostic[] = []
  for (const line of words.split('\n')) {
    const [, file, row, column, kind, text] = complaint.exec(line) ?? []
    const missing = undefinedReference.exec(line)?.[1]
    if (kind === 'note') {
      const last = found.pop()
      if (last) found.push({ ...last, notes: [...(last.notes ?? []), text!] })
    } else if (kind !== undefined) {
      const own = file === '<stdin>'
      const place = own ? placeOf(map, Number(row), column) : span
      const message = own ? `the C compiler says: ${text}` : `the C compiler says of ${file}:${row}: ${text}`
      found.push({
        code: 'B020',
        severity: kind === 'warning' ? 'warning' : 'error',
        message,
        labels: [{ span: place }],
      })
    } else if (missing !== undefined) {
      const message = `the linker finds no \`${missing}\``
      found.push({
        code: 'B020',
        severity: 'error',
        message,
        labels: [{ span: firstUse(source, missing) ?? span }],
      })
    }
  }
  return found
}

/** From the column to the end of the word there; the whole line without a column. */
function placeOf(map: SourceMap, row: number, column: string | undefined): Span {
  const line = map.lineSpan(row - 1)
  if (column === undefined) return line
  const start = Math.min(map.lineStart(row - 1) + Number(column) - 1, line.end)
  const word = /^\w+/.exec(line.file.text.slice(start, line.end))
  return { ...line, start, end: start + Math.max(word?.[0].length ?? 1, 1) }
}

function firstUse(source: ProgramText, name: string): Span | undefined {
  const at = source.text.search(new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\b`))
  return at < 0 ? undefined : new SourceMap(source).span(at, at + name.length)
}
