// SPDX-License-Identifier: MIT
import type { Mismatch } from '../../events/mismatch.ts'
import type { EventPattern, ValuePattern } from '../../events/pattern.ts'

/** A pattern that no longer asks for what was wrong. */
export function relaxPattern(pattern: EventPattern, wrong: readonly Mismatch[]): EventPattern {
  const left = new Set(wrong.map(mismatch => mismatch.pattern))
  return { ...pattern, fields: relaxEntries(pattern.fields, left) }
}

type Entries = Readonly<Record<string, ValuePattern>>

function relaxEntries(entries: Entries, left: ReadonlySet<ValuePattern | undefined>): Entries {
  const kept = Object.entries(entries).filter(([, pattern]) => !left.has(pattern))
  return Object.fromEntries(kept.map(([name, pattern]) => [name, relaxValue(pattern, left)]))
}

/** Items of a list keep their positions. */
function relaxValue(pattern: ValuePattern, left: ReadonlySet<ValuePattern | undefined>): ValuePattern {
  if (left.has(pattern)) return { kind: 'any', span: pattern.span }
  if (pattern.kind === 'list') return { ...pattern, items: pattern.items.map(item => relaxValue(item, left)) }
  return pattern.kind === 'map' ? { ...pattern, entries: relaxEntries(pattern.entries, left) } : pattern
}
