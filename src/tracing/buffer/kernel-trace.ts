// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import type { Definition } from '../definition.ts'
import type { Arrival } from './kernel-frames.ts'
import { RingBuffer, type RingBufferOptions } from './ring-buffer.ts'
import { stackFrames, stackId, stackRecord } from './stack-record.ts'

/** An event as far as its records need it to be read. */
export type RecordLayout = {
  readonly id: number
  readonly group: string
  readonly name: string
  readonly definition: Definition
}

/** One record with what stands beside it in the buffer. */
export type TraceEntry = {
  /** Nanoseconds of the trace clock. */
  readonly time: bigint
  readonly taskId: number
  /** The task's name when the record was written. */
  readonly command: string
} & (
  | { readonly kind: 'event'; readonly layout: RecordLayout; readonly record: Uint8Array }
  /** What the trigger `stacktrace` wrote: functions of the kernel, the innermost first. */
  | { readonly kind: 'stack'; readonly frames: readonly string[] }
)

/** How many records there are, and how many there would be. */
export type TraceCounts = {
  readonly entries: number
  /** Overwritten by newer records. */
  readonly overrun: number
  /** Not written, the buffer being full. */
  readonly dropped: number
}

/** What the kernel keeps of a run's events: records in a ring buffer, what their numbers mean, and the names of the tasks. */
export class KernelTrace {
  /** Who prints the records: the files of trace events, or the one tracer of 2010. */
  readonly output: KernelProfile['output']
  readonly #buffer: RingBuffer
  readonly #now: () => bigint
  readonly #layouts = new Map<number, RecordLayout>()
  readonly #commands = new Map<number, { readonly from: bigint; readonly command: string }[]>()

  /** `now` is the trace clock. */
  constructor(
    now: () => bigint,
    {
      output = 'trace-events',
      ...options
    }: RingBufferOptions & { readonly output?: KernelProfile['output'] } = {},
  ) {
    this.#now = now
    this.output = output
    this.#buffer = new RingBuffer(options)
  }

  get counts(): TraceCounts {
    const { entries, overrun, dropped } = this.#buffer
    return { entries, overrun, dropped }
  }

  /** Every event that was recorded, in the order of their making. */
  get layouts(): readonly RecordLayout[] {
    return [...this.#layouts.values()].sort((a, b) => a.id - b.id)
  }

  write(layout: RecordLayout, record: Uint8Array, task: Task): void {
    this.#layouts.set(layout.id, layout)
    this.#write(record, task)
  }

  writeStack(task: Task, arrival: Arrival): void {
    this.#write(stackRecord(task.id, arrival), task)
  }

  /** Oldest first. */
  *entries(): Generator<TraceEntry> {
    for (const { time, record } of this.#buffer.read()) {
      const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
      const taskId = view.getInt32(4, true)
      const by = { time, taskId, command: this.#commandAt(taskId, time) }
      const id = view.getUint16(0, true)
      if (id === stackId) yield { ...by, kind: 'stack', frames: stackFrames(record) }
      else yield { ...by, kind: 'event', layout: this.#layouts.get(id)!, record }
    }
  }

  /** The one name by which `trace` calls all records of a task: the newest that was saved. */
  savedCommand(taskId: number): string {
    return this.#commands.get(taskId)?.at(-1)?.command ?? '<...>'
  }

  clear(): void {
    this.#buffer.clear()
  }

  #write(record: Uint8Array, { id, command }: Task): void {
    const time = this.#now()
    if (!this.#buffer.write(time, record)) return
    const names = this.#commands.get(id) ?? []
    if (names.length === 0) this.#commands.set(id, names)
    if (names.at(-1)?.command !== command) names.push({ from: time, command })
  }

  #commandAt(taskId: number, time: bigint): string {
    return this.#commands.get(taskId)?.findLast(({ from }) => from <= time)?.command ?? '<...>'
  }
}
