// SPDX-License-Identifier: MIT
import type { Run } from '../expect/run.ts'
import { perfScript } from '../tracing/text/perf-script.ts'
import { traceFile, tracePipe } from '../tracing/text/trace-file.ts'
import { jsonEvents } from './trace/json-events.ts'
import { lineEvents } from './trace/line-events.ts'
import { perfetto } from './trace/perfetto.ts'
import type { TraceFormatName } from './trace-format-texts.ts'

/** A run as text, in pieces. The kernel's texts are bytes, one a character: `latin1`. */
export type TraceFormat = {
  readonly encoding: 'utf8' | 'latin1'
  readonly print: (run: Run) => Iterable<string>
}

/** Every format by the name that `--format` takes. */
export const traceFormats = {
  /** A line an event, as in goldens. */
  lines: { encoding: 'utf8', print: lineEvents },
  /** NDJSON, an event a line. */
  json: { encoding: 'utf8', print: jsonEvents },
  /** The kernel's `trace` file. */
  ftrace: { encoding: 'latin1', print: ({ trace }) => (trace ? traceFile(trace) : []) },
  /** The kernel's `trace_pipe`. */
  'trace-pipe': { encoding: 'latin1', print: ({ trace }) => (trace ? tracePipe(trace) : []) },
  /** What `perf script` prints of the same events. */
  'perf-script': { encoding: 'latin1', print: ({ trace }) => (trace ? perfScript(trace) : []) },
  /** JSON for Perfetto and chrome://tracing. */
  perfetto: { encoding: 'utf8', print: perfetto },
} as const satisfies Record<TraceFormatName, TraceFormat>
