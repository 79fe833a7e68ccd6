// SPDX-License-Identifier: MIT
export type ReporterName = 'pretty' | 'lines' | 'json'

/** What each reporter is for. Apart from the reporters themselves, which help does not need to load. */
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
