// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { MachineState } from './state.ts'

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
  /** Steps of all tasks. */
  readonly steps: number
  readonly tasks: readonly { readonly name: string; readonly state: string; readonly where: string }[]
}
