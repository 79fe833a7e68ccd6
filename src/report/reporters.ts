// SPDX-License-Identifier: MIT
import { json } from './json.ts'
import { lines } from './lines.ts'
import type { Reporter } from './messages.ts'
import { pretty } from './pretty.ts'

/** Every reporter by the name that `--reporter` takes, with what it is for. */
export const reporters = { pretty, lines, json } as const satisfies Record<string, Reporter>

export type ReporterName = keyof typeof reporters

/** For help; a name here is one of the table above. */
export const reporterTexts: Readonly<Record<ReporterName, string>> = {
  pretty: 'for a person; the default on a terminal',
  lines: 'one line a test, for pipes and logs; the default elsewhere',
  json: 'NDJSON, one message a line, for programs',
}

/** Named so that they can be refused by name rather than as a typing mistake. */
export const reportersToCome: readonly string[] = [
  'ktap',
  'tap',
  'junit',
  'github',
  'html',
  'perfetto',
  'ftrace',
  'sarif',
]
