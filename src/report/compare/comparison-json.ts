// SPDX-License-Identifier: MIT
import type { Comparison } from './comparison.ts'

/** One JSON object a test and variant, each on its line. */
export function comparisonJson({ id, columns }: Comparison): string {
  return columns
    .map(({ variant, outcome }) => {
      const result = outcome.kind === 'refused' ? { refused: outcome.reason } : outcome.figures
      return `${JSON.stringify({ id, variant: Object.fromEntries(variant), ...result })}\n`
    })
    .join('')
}
