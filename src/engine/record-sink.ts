// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath, Task } from '../kernel/kernel.ts'
import { recordEvent } from '../kernel/record-event.ts'
import type { TraceRecord } from '../tracing/trace-record.ts'
import type { ProbeNames } from './probe-names.ts'

/** Turns trace records into `hit` and `ret` events, at which the task may be stopped. */
export function recordSink(
  kernel: Kernel,
  names: ProbeNames,
): (record: TraceRecord, task: Task) => KernelPath<void> | undefined {
  return (record, task) => {
    const { ip, func, args, consumer } = record
    return recordEvent(kernel, {
      kind: record.kind === 'entry' ? 'hit' : 'ret',
      thread: task.name,
      fields: {
        probe: names.ofRecord(record, task),
        ip: kernel.locate(task, ip),
        ...(func !== undefined && { func: kernel.locate(task, func) }),
        ...(args.length > 0 && { args: Object.fromEntries(args.map(({ name, value }) => [name, value])) }),
        ...(consumer !== undefined && { consumer: BigInt(consumer) }),
      },
    })
  }
}
