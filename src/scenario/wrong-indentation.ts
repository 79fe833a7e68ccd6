// SPDX-License-Identifier: MIT
import type { YAMLError } from 'yaml'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { SourceFile } from '../diagnostics/source-file.ts'

/** A key, or a `-`, that does not stand under its neighbours: what it is, and the column where they stand. */
export function wrongIndentation(
  file: SourceFile,
  { code, message, pos: [at] }: YAMLError,
): Omit<Diagnostic, 'severity'> | undefined {
  const here = /^Sequence item without|^All mapping items|^A block sequence may not/.test(message)
  const below = code === 'BLOCK_AS_IMPLICIT_KEY' && !/:(\s|$)/.test(file.text.slice(at).split('\n', 1)[0]!)
  if (!here && !below) return undefined
  const start = here ? lineStart(file.text, at) : file.text.indexOf('\n', at) + 1
  const wrong = headOf(file.text.slice(start).split('\n', 1)[0]!)
  if (!wrong || start === 0) return undefined
  const column = wrong.column
  const expected = nearestColumn(openColumns(file.text.slice(0, start), wrong.name === '-'), column)
  if (expected === undefined || expected === column) return undefined
  const from = start + column - 1
  return {
    code: 'Y001',
    message: `\`${wrong.name}\` is not indented as its neighbours are`,
    labels: [
      {
        span: { file, start: from, end: from + wrong.name.length },
        text: `this stands at column ${column}, its neighbours at column ${expected}`,
      },
    ],
    help: ['what belongs together begins at the same column'],
  }
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

type Head = { readonly name: string; readonly column: number; readonly keyColumn: number | undefined }

/** The first key or `-` of a line, and where its key stands when it begins with `-`; columns count from 1. */
function headOf(line: string): Head | undefined {
  const found = /^( *)((?:- +)*)(?:([^\s#:'"{[-][^:]*|"[^"]*"|'[^']*'):(?:\s|$))?/.exec(line)
  if (!found) return undefined
  const [, blank = '', dashes = '', key] = found
  const keyColumn = key === undefined ? undefined : blank.length + dashes.length + 1
  if (dashes !== '' || /^ *-\s*$/.test(line)) return { name: '-', column: blank.length + 1, keyColumn }
  return key === undefined ? undefined : { name: key, column: blank.length + 1, keyColumn }
}

/** Columns of the blocks that are still open behind a text, the innermost first. */
function openColumns(text: string, dashes: boolean): number[] {
  const columns: number[] = []
  let left = Number.POSITIVE_INFINITY
  for (const line of text.split('\n').reverse()) {
    const head = headOf(line)
    if (!head || head.column > left) continue
    const column = dashes ? (head.name === '-' ? head.column : undefined) : head.keyColumn
    if (column !== undefined && !columns.includes(column)) columns.push(column)
    left = head.column
    if (left === 1) break
  }
  return columns
}

function nearestColumn(columns: readonly number[], column: number): number | undefined {
  return columns.reduce<number | undefined>(
    (best, other) =>
      best === undefined || Math.abs(other - column) < Math.abs(best - column) ? other : best,
    undefined,
  )
}
