// SPDX-License-Identifier: MIT
import type { Ink } from '../ink.ts'
import { type Comparison, remarks, rows, variantName } from './comparison.ts'

/** A column a variant; below it what the cells only hint at. */
export function comparisonTable({ id, columns }: Comparison, ink: Ink): string {
  const choices = [...(columns[0]?.variant.keys() ?? [])]
  const lines = [
    ...choices.map(choice => [choice, ...columns.map(({ variant }) => variant.get(choice)!)]),
    ...rows.map(({ title, cell }) => [
      title,
      ...columns.map(({ outcome }) => (outcome.kind === 'refused' ? '–' : cell(outcome.figures))),
    ]),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const table = lines.map((cells, row) => {
    const line = cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   ')
      .trimEnd()
    return row < choices.length ? ink.dim(line) : line
  })
  const notes = columns.flatMap(({ variant, outcome }) =>
    remarks(outcome).map(remark => `  ${variantName(variant)}: ${remark}`),
  )
  return [ink.bold(id), ...table, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n')
}
