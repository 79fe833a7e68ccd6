// SPDX-License-Identifier: MIT
import type { Filter } from './filter.ts'

/** Whether a filter compares a field of a size that no number has: such a term never matches (bug B23). */
export function comparesArray(filter: Filter): boolean {
  if (filter.kind === 'group') return filter.alternatives.some(all => all.some(comparesArray))
  const { kind, field } = filter.predicate
  return kind === 'number' && field.role === 'number' && ![1, 2, 4, 8].includes(field.size)
}
