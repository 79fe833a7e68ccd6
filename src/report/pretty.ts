// SPDX-License-Identifier: MIT
import { badStatuses, describeCounts, describeSeconds } from './counts.ts'
import { failureText } from './failure-text.ts'
import { type Ink, inkFor } from './ink.ts'
import type { Message, Reporter, ReporterOptions, Result, Status } from './messages.ts'

const marks: Readonly<Record<Status, string>> = {
  passed: ' ',
  failed: '✗',
  invalid: '✗',
  xpass: '✗',
  skipped: '-',
  unsupported: '-',
  xfail: '~',
}

/** Width of the column of ids. A longer id pushes its own line to the right and no other. */
const idWidth = 40

/** For a person at a terminal: finished tests scroll by, then the failures in full, then the sum and what to type next. */
export const pretty: Reporter = (write, options) => {
  const ink = inkFor(options.color)
  const failures: Result[] = []
  let seed: number | undefined
  return message => {
    if (message.type === 'run') seed = message.seed
    if (message.type === 'result') {
      const bad = badStatuses.has(message.status)
      if (bad) failures.push(message)
      if (bad || !options.quiet) write(`${resultLine(message, ink, options)}\n`)
    }
    if (message.type === 'summary') {
      for (const failure of failures)
        if (failure.status !== 'xpass') write(`\n${failureText(failure, options)}`)
      write(`\n${summaryLine(message, failures.length > 0, seed, ink)}\n`)
    }
  }
}

function resultLine(result: Result, ink: Ink, { verbose }: ReporterOptions): string {
  const bad = badStatuses.has(result.status)
  const mark = bad ? ink.red(marks[result.status]) : ink.dim(marks[result.status])
  const id = bad ? ink.bold(result.id) : result.id
  const gap = ' '.repeat(Math.max(1, idWidth - result.id.length))
  const line = ` ${mark} ${id}${gap}${remark(result, ink)}`
  return verbose ? `${line}\n     ${ink.dim(result.title)}` : line
}

function remark(result: Result, ink: Ink): string {
  switch (result.status) {
    case 'failed':
    case 'invalid': {
      const first = result.diagnostics.find(diagnostic => diagnostic.severity === 'error')
      return first ? `${first.message}  ${ink.dim(`[${first.code}]`)}` : result.status
    }
    case 'xpass':
      return `passed, but is marked xfail: ${result.reason}`
    case 'passed': {
      const columns = [
        plural(result.events, 'event').padStart(12),
        plural(result.steps, 'step').padStart(16),
        `${result.milliseconds} ms`.padStart(10),
      ]
      return ink.dim(columns.join(''))
    }
    default:
      return ink.yellow(`${result.status}: ${result.reason}`)
  }
}

function summaryLine(
  summary: Extract<Message, { type: 'summary' }>,
  failed: boolean,
  seed: number | undefined,
  ink: Ink,
): string {
  const mark = failed ? ink.red('✗') : ink.green('✓')
  const parts = [...describeCounts(summary.counts)]
  if (summary.stopped) parts.push(summary.stopped === 'bail' ? 'stopped by --bail' : 'interrupted')
  if (seed !== undefined) parts.push(`seed ${seed}`)
  parts.push(ink.dim(describeSeconds(summary.milliseconds)))
  if (failed)
    parts.push('rerun: trapline --last-failed', ...(summary.traces ? [`traces: ${summary.traces}`] : []))
  return ` ${mark} ${parts.join('   ')}`
}

/** `1 204 events`: thousands apart, as long numbers are read by people here. */
function plural(count: number, word: string): string {
  const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
  return `${digits} ${word}${count === 1 ? '' : 's'}`
}
