// SPDX-License-Identifier: MIT
import type { KernelTrace, TraceEntry } from '../buffer/kernel-trace.ts'
import { decodeRecord } from '../record/record-body.ts'
import { pluginTraceFile, pluginTracePipe } from './plugin-trace.ts'
import { traceHeader } from './trace-header.ts'
import { lineStart, traceLine } from './trace-line.ts'

/** The processor that everything runs on, and how many there are. */
const cpu = 0
const cpus = 1

/** The `trace` file: header and records, oldest first (spec 07 §8). Yields whole lines; characters are bytes. */
export function* traceFile(trace: KernelTrace): Generator<string> {
  if (trace.output === 'ftrace-plugin') return yield* pluginTraceFile(trace)
  const { entries, overrun } = trace.counts
  yield traceHeader(entries, entries + overrun, cpus)
  yield* lines(trace)
}

/** What `trace_pipe` gives to a reader that comes late: no header, but how many records were overwritten before the first one. */
export function* tracePipe(trace: KernelTrace): Generator<string> {
  if (trace.output === 'ftrace-plugin') return yield* pluginTracePipe(trace)
  const { overrun } = trace.counts
  if (overrun > 0) yield `CPU:${cpu} [LOST ${overrun} EVENTS]\n`
  yield* lines(trace)
}

function* lines(trace: KernelTrace): Generator<string> {
  for (const entry of trace.entries()) yield entryText(entry, trace.savedCommand(entry.taskId))
}

function entryText(entry: TraceEntry, command: string): string {
  const by = { command, taskId: entry.taskId, cpu, time: entry.time }
  if (entry.kind === 'stack')
    return `${lineStart(by)} <stack trace>\n${entry.frames.map(name => ` => ${name}\n`).join('')}`
  const { layout, record } = entry
  return `${traceLine({ event: layout.name, body: decodeRecord(layout.definition, record).body }, by)}\n`
}
