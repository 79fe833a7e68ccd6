// SPDX-License-Identifier: MIT

/** What `trapline trace --format` takes. Apart from the formats themselves, which help does not need to load. */
export const traceFormatTexts = {
  lines: 'a line an event, as in goldens; the default',
  json: 'NDJSON, an event a line',
  ftrace: 'the kernel’s `trace` file: hits and returns',
  'trace-pipe': 'the kernel’s `trace_pipe`: no header, but how many records were lost',
  'perf-script': 'what `perf script` prints of the same hits and returns',
  perfetto: 'JSON for ui.perfetto.dev and chrome://tracing: a track a task',
} as const

export type TraceFormatName = keyof typeof traceFormatTexts

export const traceFormatNames = Object.keys(traceFormatTexts) as readonly TraceFormatName[]
