// SPDX-License-Identifier: MIT
import type { CorpusCase, CorpusOutcome, CorpusRecord } from './corpus-case.ts'

/** The first differences between what was made and what was recorded; empty when the case passes. `at` is compared wherever both have it. */
export function compareOutcomes(input: CorpusCase, made: CorpusOutcome, recorded: CorpusOutcome): string[] {
  const differences: string[] = []
  const compare = (what: string, ours: unknown, theirs: unknown): void => {
    const [a, b] = [canonical(ours), canonical(theirs)]
    if (a !== b) differences.push(`${what}: recorded ${b}, got ${a}`)
  }

  compare('setup', made.setup, recorded.setup)
  compareEvents(input, made.events, recorded.events, differences)
  recorded.items.forEach((item, index) => {
    compare(`item ${index} ${JSON.stringify(input.schedule[index])}`, made.items[index] ?? null, item)
  })
  compare('stdout', made.stdout, recorded.stdout)
  const count = Math.max(made.tasks.length, recorded.tasks.length)
  for (let task = 0; task < count; task++) {
    const theirs = recorded.tasks[task]
    const ours = made.tasks[task]
    // A thread's end in a free run is a race with exit_group, so the recording does not say it.
    const raced =
      input.compare === 'per-task' &&
      theirs !== undefined &&
      theirs.exit === undefined &&
      theirs.signal === undefined
    compare(`task ${task}`, raced && ours ? { parent: ours.parent, group: ours.group } : ours, theirs)
  }
  compare('profile', made.profile, recorded.profile)
  return differences
}

function compareEvents(
  input: CorpusCase,
  ours: readonly CorpusRecord[],
  theirs: readonly CorpusRecord[],
  differences: string[],
): void {
  const [made, recorded] = [inOrder(input, ours), inOrder(input, theirs)]
  const count = Math.max(made.length, recorded.length)
  for (let index = 0; index < count; index++) {
    const a = made[index]
    const b = recorded[index]
    if (a && b && sameRecord(a, b)) continue
    differences.push(
      `event ${index}: recorded ${describe(b)}, got ${describe(a)} (${recorded.length} recorded, ${made.length} made)`,
    )
    return
  }
}

/** Records in the order in which they can be compared: between tasks there is none in a `per-task` case. */
export function inOrder<T extends { readonly task: number }>(
  { compare }: Pick<CorpusCase, 'compare'>,
  records: readonly T[],
): T[] {
  return compare === 'total' ? [...records] : [...records].sort((a, b) => a.task - b.task)
}

function sameRecord(a: CorpusRecord, b: CorpusRecord): boolean {
  return (
    a.task === b.task &&
    a.event === b.event &&
    a.body === b.body &&
    (a.at === undefined || b.at === undefined || a.at === b.at)
  )
}

function describe(record: CorpusRecord | undefined): string {
  if (!record) return 'nothing'
  const at = record.at === undefined ? '' : ` at step ${record.at}`
  return `[${record.task}] ${record.event}: ${record.body}${at}`
}

/** JSON with keys in one order, so that two outcomes compare as text. */
function canonical(value: unknown): string {
  if (value === undefined) return 'nothing'
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
