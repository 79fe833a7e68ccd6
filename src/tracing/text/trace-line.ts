// SPDX-License-Identifier: MIT
import type { TraceRecord } from '../trace-record.ts'

export type RecordedBy = {
  readonly command: string
  readonly taskId: number
  readonly cpu: number
  /** Nanoseconds of the trace clock. */
  readonly time: bigint
}

/** The flags column on a kernel with preemption; one without shows `.....` (bug B10). */
export const preemptionFlags = 'DBZff'

/** A line of the `trace` file (spec 07 §8). A text argument may break it. */
export function traceLine(
  { event, body }: Pick<TraceRecord, 'event' | 'body'>,
  by: RecordedBy,
  flags: string = preemptionFlags,
): string {
  return `${lineStart(by, flags)} ${event}: ${body}`
}

/** What precedes the event: `            tgt3-9591    [001] DBZff  2321.628018:`. */
export function lineStart(
  { command, taskId, cpu, time }: RecordedBy,
  flags: string = preemptionFlags,
): string {
  const task = `${command.padStart(16)}-${String(taskId).padEnd(7)}`
  return `${task} [${String(cpu).padStart(3, '0')}] ${flags} ${timestamp(time)}:`
}

/** Seconds and microseconds, rounded, in twelve columns. */
export function timestamp(time: bigint): string {
  const microseconds = (time + 500n) / 1000n
  const fraction = String(microseconds % 1_000_000n).padStart(6, '0')
  return `${String(microseconds / 1_000_000n).padStart(5)}.${fraction}`
}
