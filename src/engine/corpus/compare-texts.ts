// SPDX-License-Identifier: MIT
import { inOrder } from './compare-outcomes.ts'
import type { CorpusCase, CorpusRecord } from './corpus-case.ts'

/** Task, processor, flags and time of this kernel, which the corpus does not record. */
const lineStart = /^ *[^\n]{1,15}-\d+ +\[000\] DBZff +\d+\.\d{6}: /

/**
 * The first difference between the lines of this kernel's trace and the recorded text of the same events: what was fetched is read
 * back from the ring buffer for it. `made` are the events behind the lines, which say whose they are.
 */
export function compareTexts(
  input: CorpusCase,
  made: readonly CorpusRecord[],
  printed: readonly string[],
  recorded: readonly CorpusRecord[],
): string[] {
  const lines = printed.filter(line => !line.replace(lineStart, '').startsWith('<stack trace>'))
  if (lines.length !== made.length) return [`trace: ${lines.length} lines for ${made.length} events`]
  const ours = inOrder(
    input,
    lines.map((line, index) => ({ task: made[index]!.task, line })),
  )
  const theirs = inOrder(input, recorded)
  for (const [index, { line }] of ours.entries()) {
    const text = theirs[index] && `${theirs[index].event}: ${theirs[index].body}\n`
    if (lineStart.test(line) && line.replace(lineStart, '') === text) continue
    return [`trace line ${index}: recorded ${JSON.stringify(text)}, got ${JSON.stringify(line)}`]
  }
  return []
}
