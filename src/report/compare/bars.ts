// SPDX-License-Identifier: MIT
import { type Comparison, variantName } from './comparison.ts'

const barHeight = 16
const gap = 6
const shortestLabel = 260
/** A character of the labels, at most: their font is the reader's. */
const characterWidth = 7
const barWidth = 480
const margin = 16

/** A picture (SVG): for each test and variant the share of executions that were seen. What is missing of a full bar was missed. */
export function comparisonBars(comparisons: readonly Comparison[]): string {
  const labelWidth = labelWidthOf(comparisons)
  const parts: string[] = []
  let y = margin
  for (const { id, columns } of comparisons) {
    parts.push(text(margin, y + 12, id, 'font-weight="bold"'))
    y += barHeight + gap
    for (const { variant, outcome } of columns) {
      parts.push(text(margin + 12, y + 12, variantName(variant)))
      if (outcome.kind === 'refused') parts.push(text(labelWidth, y + 12, 'refused', 'fill="#888"'))
      else {
        const { hits, executions } = outcome.figures
        const seen = executions === 0 ? 0 : Math.round((barWidth * hits) / executions)
        parts.push(bar(labelWidth, y, barWidth, '#e6b8af'), bar(labelWidth, y, seen, '#3c78d8'))
        parts.push(text(labelWidth + barWidth + 8, y + 12, `${hits} / ${executions}`))
      }
      y += barHeight + gap
    }
    y += gap
  }
  const width = labelWidth + barWidth + 140
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" font-family="sans-serif" font-size="12">
<title>Events seen of executions</title>
${parts.join('\n')}
</svg>
`
}

/** Where bars begin: right of every label. */
function labelWidthOf(comparisons: readonly Comparison[]): number {
  const names = comparisons.flatMap(({ columns }) => columns.map(({ variant }) => variantName(variant)))
  const longest = Math.max(0, ...names.map(({ length }) => length))
  return Math.max(shortestLabel, margin + 12 + longest * characterWidth + gap)
}

function bar(x: number, y: number, width: number, colour: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${barHeight}" fill="${colour}"/>`
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<text x="${x}" y="${y}"${attributes && ` ${attributes}`}>${escaped}</text>`
}
