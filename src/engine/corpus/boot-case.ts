// SPDX-License-Identifier: MIT
import { bootKernel } from '../../kernel/boot-kernel.ts'
import type { BootedKernel, KernelPath, KernelPoint, Task } from '../../kernel/kernel.ts'
import { createMachine } from '../../machine/create-machine.ts'
import { KernelTrace } from '../../tracing/buffer/kernel-trace.ts'
import { tracePipe } from '../../tracing/text/trace-file.ts'
import { TraceEvents } from '../../tracing/trace-events.ts'
import { installUprobes } from '../../uprobes/install-uprobes.ts'
import { profiles } from '../../uprobes/profile.ts'
import type { CorpusRecord } from './corpus-case.ts'

/** Where the files of a case lie in the guest. */
export const caseFolder = '/case'

export type CaseFiles = ReadonlyMap<string, Uint8Array>

type Waiting = { readonly path: KernelPath<unknown>; readonly point: KernelPoint }

/** A machine with the kernel of the recordings, the files of a case, and what has been recorded. */
export class BootedCase {
  readonly records: CorpusRecord[] = []
  /** The records as text, those that have been read. */
  readonly printed: string[] = []
  readonly stepsBeforeFree = new Map<Task, number>()
  readonly kernel: BootedKernel
  readonly events: TraceEvents
  readonly trace: KernelTrace
  /** Paths of the writer of tracefs files that wait for something. */
  waiting: Waiting[] = []
  #free = false

  constructor(files: CaseFiles) {
    // The recordings were made on a processor with POPCNT, which one case executes.
    const machine = createMachine({ memory: 256 * 1024 * 1024, cpu: 'x86-64-v2' })
    this.kernel = bootKernel(machine, { record: new Set(), traced: true })
    const uprobes = installUprobes(this.kernel, profiles['linux-6.18'])
    const { kernel, records } = this
    this.trace = new KernelTrace(() => kernel.now)
    this.events = new TraceEvents(kernel, uprobes, {
      records: this.trace,
      *sink({ event, body }, task) {
        records.push({ task: kernel.tasks.indexOf(task), event, body })
      },
    })
    for (const [name, bytes] of files) kernel.createFile(`${caseFolder}/${name}`, bytes, 0o755)
  }

  /** Reads the trace as `trace_pipe` does: what has been read is gone. */
  readTrace(): void {
    this.printed.push(...tracePipe(this.trace))
    this.trace.clear()
  }

  /** Set when tasks begin to run freely: their steps are not counted from then on. */
  get free(): boolean {
    return this.#free
  }

  set free(free: boolean) {
    if (free && !this.#free)
      for (const task of this.kernel.tasks) this.stepsBeforeFree.set(task, this.kernel.steps(task))
    this.#free = free
  }

  /** Lets paths go on whose wait is over. */
  settle(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const { path, point } of waiting) {
      if (point.kind === 'sleep' && !point.ready()) {
        this.waiting.push({ path, point })
        continue
      }
      const outcome = this.kernel.perform(path, false)
      if (!outcome.done) this.waiting.push({ path, point: outcome.point })
    }
  }
}

export function bootCase(files: CaseFiles): BootedCase {
  return new BootedCase(files)
}
