// SPDX-License-Identifier: MIT
import type { KernelTrace } from '../buffer/kernel-trace.ts'
import { perfBody } from './perf-body.ts'

/** The processor that everything runs on. */
const cpu = 0

/** What `perf script` prints of events that `perf record -e …` has recorded (perf 6.1). perf takes no stacks of triggers, and nothing of a tracer plugin. Yields whole lines. */
export function* perfScript(trace: KernelTrace): Generator<string> {
  if (trace.output === 'ftrace-plugin') return
  const width = Math.max(0, ...trace.layouts.map(({ group, name }) => `${group}:${name}`.length))
  for (const entry of trace.entries()) {
    if (entry.kind === 'stack') continue
    const { layout, record, taskId, command, time } = entry
    const event = `${layout.group}:${layout.name}`.padStart(width)
    const task = `${command.padStart(16)} ${String(taskId).padStart(5)} [${String(cpu).padStart(3, '0')}]`
    yield `${task} ${secondsOf(time)}: ${event}: ${perfBody(layout.definition, record)}\n`
  }
}

/** perf cuts the microseconds where the kernel's own trace rounds them. */
function secondsOf(time: bigint): string {
  const microseconds = time / 1000n
  const fraction = String(microseconds % 1_000_000n).padStart(6, '0')
  return `${String(microseconds / 1_000_000n).padStart(5)}.${fraction}`
}
