// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { Uprobe } from '../registry/uprobe.ts'

/** How an instruction is executed that the hit path does not emulate (profile choice `execute`). */
export interface Execute {
  /**
   * Steps 11 to 13 of a hit (spec 05 §4): has the instruction at the probe executed, or the task pointed at what does it instead; then the
   * task's state holds the `Execution` that is under way, and `task.stepping` is set. `uprobe` has been analysed and is held meanwhile. A path
   * only where it has to wait. False: it cannot be done, so the trap is taken again.
   */
  begin(task: Task, uprobe: Uprobe, address: bigint): boolean | KernelPath<boolean>
}

/** The one instruction of a task that is under way somewhere else. It ends by `finished`, `aborted`, `released` or `left`. */
export interface Execution {
  readonly uprobe: Uprobe
  /** The probe: si_addr of a fault names it instead of rip. */
  readonly address: bigint
  /** The slot that it holds, where it holds one. */
  readonly slot: { readonly number: number; readonly address: bigint } | undefined
  /**
   * `stepping`: in its place. `executed`: the trap behind it has come. `trapped`: it raised a signal, or SIGKILL has come. `superseded`: the
   * task has come to another breakpoint before that.
   */
  state: 'stepping' | 'executed' | 'trapped' | 'superseded'
  /** A signal waits until it is over. */
  signalDenied: boolean
  /** A single-step trap, in exception context. True: it was this execution's. */
  trapped(task: Task): boolean
  /** A breakpoint trap, in exception context, where the task can come to one. It will be `released`, and the trap is a hit of its own. */
  superseded?(task: Task): void
  /** On the way back to user mode after its trap: fix-ups. `restart`: the instruction has to be executed again from the probe. */
  finished(task: Task): 'done' | 'restart'
  /** On the way back to user mode: it could not be executed, so the task is put back to the probe. */
  aborted(task: Task): void
  /** The task has come to another breakpoint in the middle of it. */
  released(task: Task): void
  /** The task leaves in the middle of it, by exec or exit. `lost`: nobody gives back what it held. */
  left(task: Task): 'given back' | 'lost'
}
