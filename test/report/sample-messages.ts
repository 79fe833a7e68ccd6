// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { SourceFile } from '../../src/diagnostics/source-file.ts'
import { badStatuses, statuses } from '../../src/report/counts.ts'
import type { Message, Reporter, Result, Status } from '../../src/report/messages.ts'

const file: SourceFile = {
  path: 'scenarios/race.yaml',
  text: 'title: t\nexpect:\n  events:\n    - hit: add_in\n',
}

export const unexpected: Diagnostic = {
  code: 'T001',
  severity: 'error',
  message: 'event #7 was not expected',
  labels: [{ span: { file, start: 33, end: 36 }, text: 'expected here' }],
}

/** The result of a test, with what a reporter needs in order to speak of its status. */
export function result(id: string, status: Status, more: Partial<Result> = {}): Result {
  const bad = badStatuses.has(status) && status !== 'xpass'
  const reason = ['skipped', 'unsupported', 'xfail', 'xpass'].includes(status)
    ? { reason: `because of ${id}` }
    : {}
  return {
    type: 'result',
    id,
    title: `the claim of ${id}`,
    file: file.path,
    status,
    ...reason,
    diagnostics: bad ? [unexpected] : [],
    events: 3,
    steps: 1204,
    milliseconds: 4,
    ...more,
  }
}

/** A whole run: the messages around these results. */
export function runOf(
  results: readonly Result[],
  more: Partial<Extract<Message, { type: 'summary' }>> = {},
): Message[] {
  const counts = Object.fromEntries(
    statuses.map(status => [status, results.filter(entry => entry.status === status).length]),
  ) as Record<Status, number>
  return [
    { type: 'run', version: '0.1.0', tests: results.length },
    ...results.flatMap((entry): Message[] => [
      { type: 'scenario', id: entry.id, title: entry.title, file: entry.file, line: 1 },
      entry,
    ]),
    { type: 'summary', counts, milliseconds: 412, ...more },
  ]
}

/** What a reporter writes about messages. */
export function report(
  reporter: Reporter,
  messages: readonly Message[],
  options: Partial<Parameters<Reporter>[1]> = {},
): string {
  let written = ''
  const tell = reporter(text => (written += text), {
    color: false,
    verbose: false,
    quiet: false,
    full: false,
    ...options,
  })
  for (const message of messages) tell(message)
  return written
}
