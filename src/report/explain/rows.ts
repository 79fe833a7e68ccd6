// SPDX-License-Identifier: MIT
/** A label and the lines that stand beside it. */
export type Row = readonly [label: string, lines: readonly string[]]

/** Rows under each other, the lines of each in one column; an empty line between sections, none for an empty section. */
export function layOut(sections: readonly (readonly Row[])[]): string {
  const width = Math.min(20, Math.max(0, ...sections.flat().map(([label]) => label.length)))
  const texts = sections
    .filter(rows => rows.length > 0)
    .map(rows => rows.flatMap(row => rowLines(row, width)).join('\n'))
  return `${texts.join('\n\n')}\n`
}

/** Indents every line. */
export function indent(lines: readonly string[], by = '  '): string[] {
  return lines.map(line => by + line)
}

function rowLines([label, [first = '', ...rest]]: Row, width: number): string[] {
  const margin = ' '.repeat(width + 5)
  return [`  ${label.padEnd(width)}   ${first}`, ...rest.map(line => `${margin}${line}`)].map(line =>
    line.trimEnd(),
  )
}
