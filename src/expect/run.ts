// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { KernelTrace } from '../tracing/buffer/kernel-trace.ts'
import type { MachineState } from './state.ts'

export type RunTask = {
  readonly name: string
  /** Thread and process number, as the programs see them. */
  readonly id: number
  readonly process: number
  readonly state: string
  readonly where: string
}

/** What an engine made of a plan. */
export type Run = {
  readonly events: readonly RecordedEvent[]
  /** Output of descriptor 1 and 2 of all processes, in the order written. */
  readonly output: string
  readonly errors: string
  /** The machine at the end: a process that ended shows its state just before teardown. */
  readonly final: MachineState
  /** What went wrong in running (T008 budget, T009 deadlock, T010 turn, failed `check` turns, `always`, invariants). */
  readonly diagnostics: readonly Diagnostic[]
  /** What probes cost; only of a run that counts. */
  readonly traps?: { readonly breakpoints: number; readonly steps: number; readonly calls: number }
  /** The known bug by which the kernel has crashed; T016 among the diagnostics tells of it. */
  readonly crash?: string
  /** Steps of all tasks. */
  readonly steps: number
  readonly tasks: readonly RunTask[]
  /** The kernel's own trace of hits and returns. */
  readonly trace?: KernelTrace
}
