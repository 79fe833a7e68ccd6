// SPDX-License-Identifier: MIT
import type { Figures, Outcome } from '../../engine/compare/figures.ts'
import type { Variant } from '../../engine/compare/variant.ts'

/** One test on every variant. All variants have the same choices, in the same order. */
export type Comparison = {
  readonly id: string
  readonly columns: readonly { readonly variant: Variant; readonly outcome: Outcome }[]
}

/** `inline`, or `execute=inline insert=quiesce` where several choices vary. */
export function variantName(variant: Variant): string {
  const [only, ...others] = variant.values()
  return others.length === 0
    ? (only ?? '')
    : [...variant].map(([choice, value]) => `${choice}=${value}`).join(' ')
}

/** The rows of the table: what a figure is called, and how it is written. A dash where there is nothing to tell. */
export const rows: readonly { readonly title: string; readonly cell: (figures: Figures) => string }[] = [
  { title: 'events / executions', cell: ({ hits, executions }) => `${hits} / ${executions}` },
  {
    title: 'missed',
    cell: ({ missed, executions }) => (missed === 0 ? '0' : `${missed} (${percent(missed, executions)})`),
  },
  { title: 'traps per hit', cell: ({ traps, hits }) => (hits === 0 ? '–' : (traps / hits).toFixed(2)) },
  { title: 'extra mappings', cell: ({ areas }) => `${areas}` },
  { title: 'slots used', cell: ({ slots }) => `${slots}` },
  { title: 'probes refused', cell: ({ refused }) => `${refused}` },
  {
    title: 'threads stopped',
    cell: ({ stopped, stoppedFor }) => (stopped === 0 ? '0' : `${stopped}, ${stoppedFor} ns`),
  },
  { title: 'program result', cell: ({ changes }) => resultOf(changes) },
  { title: 'invariants', cell: ({ broken }) => (broken.length === 0 ? 'hold' : `${broken.length} broken`) },
  { title: 'run', cell: ({ end }) => (end === undefined ? 'to its end' : 'ended early') },
]

/** What does not fit into a cell: a sentence each. */
export function remarks(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'refused') return [outcome.reason]
  const { changes = [], broken, end } = outcome.figures
  return [...changes, ...broken, ...(end === undefined ? [] : [end])]
}

function resultOf(changes: Figures['changes']): string {
  if (!changes) return '–'
  return changes.length === 0 ? 'same' : 'CHANGED'
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`
}
