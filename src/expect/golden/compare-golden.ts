// SPDX-License-Identifier: MIT
import { diffArrays } from 'diff'

/** One line of a comparison; `changed` are the columns of an added line that differ from the removed line it replaces. */
export type GoldenLine = {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
  readonly changed?: readonly (readonly [start: number, end: number])[]
}
export type GoldenDifference = {
  readonly lines: readonly GoldenLine[]
  /** Events that differ, of how many. */
  readonly differing: number
  readonly total: number
  /** The file is another scenario's or variant's: its first line. */
  readonly header?: { readonly golden: string; readonly now: string }
  /** Line of the golden, from 1, where the first difference is. */
  readonly firstLine: number
}

/** Compares a golden with the trace of now; undefined when they are the same. A golden with CRLF or without a last newline differs. */
export function compareGolden(golden: string, now: string): GoldenDifference | undefined {
  if (golden === now) return undefined
  const [goldenHead = '', ...goldenLines] = linesOf(golden)
  const [nowHead = '', ...nowLines] = linesOf(now)
  const lines: GoldenLine[] = []
  let differing = 0
  for (const part of diffArrays(goldenLines, nowLines)) {
    const sign = part.added ? '+' : part.removed ? '-' : ' '
    lines.push(...part.value.map(text => ({ sign, text }) as const))
  }
  for (const run of runsOfChanges(lines)) differing += Math.max(run.removed, run.added)
  const firstChange = lines.findIndex(({ sign }) => sign !== ' ')
  return {
    lines: withChangedWords(lines),
    differing,
    total: Math.max(goldenLines.length, nowLines.length),
    firstLine: firstChange < 0 ? 1 : Math.min(firstChange + 2, goldenLines.length + 1),
    ...(goldenHead === nowHead ? {} : { header: { golden: goldenHead, now: nowHead } }),
  }
}

/** The last newline ends the last line; a missing one is seen as a mark of its own. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') return lines.slice(0, -1)
  return [...lines.slice(0, -1), `${lines.at(-1)} (no newline at the end)`]
}

function runsOfChanges(lines: readonly GoldenLine[]): { removed: number; added: number }[] {
  const runs: { removed: number; added: number }[] = []
  let open = false
  for (const { sign } of lines) {
    if (sign === ' ') open = false
    else {
      if (!open) runs.push({ removed: 0, added: 0 })
      open = true
      runs.at(-1)![sign === '+' ? 'added' : 'removed']++
    }
  }
  return runs
}

/** Pairs the nth removed line of a change with its nth added line. */
function withChangedWords(lines: readonly GoldenLine[]): GoldenLine[] {
  let removed: string[] = []
  return lines.map(line => {
    if (line.sign === '-') removed.push(line.text)
    else if (line.sign === ' ') removed = []
    const before = line.sign === '+' ? removed.shift() : undefined
    return before === undefined ? line : { ...line, changed: changedWords(before, line.text) }
  })
}

function changedWords(before: string, after: string): [number, number][] {
  const old = before.split(' ')
  const words = after.split(' ')
  if (old.length !== words.length) return []
  const changed: [number, number][] = []
  let column = 0
  words.forEach((word, at) => {
    if (word !== old[at]) changed.push([column + word.indexOf('=') + 1, column + word.length])
    column += word.length + 1
  })
  return changed
}
