// SPDX-License-Identifier: MIT
import type { Status } from './messages.ts'

/** How a status is said in a sum, in the order in which sums print them: what needs attention first. */
const words: Readonly<Record<Status, string>> = {
  failed: 'failed',
  xpass: 'passed unexpectedly',
  invalid: 'invalid',
  passed: 'passed',
  skipped: 'skipped',
  unsupported: 'unsupported',
  xfail: 'xfail',
}

export const statuses: readonly Status[] = Object.keys(words) as Status[]

/** Statuses that make a run fail. */
export const badStatuses: ReadonlySet<Status> = new Set(['failed', 'xpass', 'invalid'])

export type Counts = Readonly<Record<Status, number>>

/** `1 failed, 6 passed, 1 skipped` as its parts; what did not occur is left out, except that nothing at all is `0 passed`. */
export function describeCounts(counts: Counts): readonly string[] {
  const parts = statuses
    .filter(status => counts[status] > 0)
    .map(status => `${counts[status]} ${words[status]}`)
  return parts.length > 0 ? parts : ['0 passed']
}

/** `0.4s`, the way sums say it; tenths are enough and stay readable. */
export function describeSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)}s`
}
