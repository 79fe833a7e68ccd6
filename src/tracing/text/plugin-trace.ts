// SPDX-License-Identifier: MIT
import type { KernelTrace, TraceEntry } from '../buffer/kernel-trace.ts'
import { decodeRecord } from '../record/record-body.ts'
import { timestamp } from './trace-line.ts'

/** The processor that everything runs on. */
const cpu = 0

/**
 * The `trace` file while the tracer plugin `uprobes` of 2010 is the current one (profile choice `output: ftrace-plugin`). Its exact text is
 * not handed down; this is the layout that tracers had then: no counts, no column of flags, and the probe in the place of a function.
 */
export function* pluginTraceFile(trace: KernelTrace): Generator<string> {
  yield ['# tracer: uprobes', '#', ...columns, ''].join('\n')
  yield* pluginTracePipe(trace)
}

/** The lines alone. */
export function* pluginTracePipe(trace: KernelTrace): Generator<string> {
  for (const entry of trace.entries()) {
    const text = entryText(entry, trace.savedCommand(entry.taskId))
    if (text !== undefined) yield text
  }
}

const columns = [
  '#           TASK-PID    CPU#    TIMESTAMP  FUNCTION',
  '#              | |       |          |         |',
]

function entryText(entry: TraceEntry, command: string): string | undefined {
  if (entry.kind === 'stack') return undefined
  const { layout, record, taskId, time } = entry
  const task = `${command.padStart(16)}-${String(taskId).padEnd(5)}`
  const { body } = decodeRecord(layout.definition, record)
  return `${task} [${String(cpu).padStart(3, '0')}] ${timestamp(time)}: ${layout.name}: ${body}\n`
}
