// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import type { Slot } from '../xol/slot-area.ts'
import type { Execution } from './execute.ts'

/** A call of a return-probed function that has not returned yet. */
export type ReturnInstance = {
  readonly uprobe: Uprobe
  readonly function: bigint
  /** rsp at the entry: where the return address lies. */
  readonly stack: bigint
  readonly returnAddress: bigint
  /** Its return address was the trampoline already: a tail call, sharing the return of the instance before. */
  readonly chained: boolean
  /** Ids of the session consumers that saw the entry. */
  readonly sessions: ReadonlySet<number>
}

/** What a thread has of probes ("utask"): from its first hit until exec or exit. */
export type TaskState = {
  active: Execution | undefined
  /** Only with `xol: { owner: thread }`: its slot until it leaves. */
  slot?: Slot | undefined
  /** That there was none for it has been logged. */
  toldNoSlot?: boolean
  /** The newest last; `depth` is its length. */
  readonly returns: ReturnInstance[]
  /** Where return addresses lie that were replaced and taken for left, so as to tell when one comes back after all (bug B25). */
  readonly dropped: Set<bigint>
}

const key = Symbol('uprobe task')

export function stateOf(task: Task): TaskState | undefined {
  return task.plugins.get(key) as TaskState | undefined
}

export function needState(task: Task): TaskState {
  const known = stateOf(task)
  if (known) return known
  const state: TaskState = { active: undefined, returns: [], dropped: new Set() }
  task.plugins.set(key, state)
  return state
}

export function forgetState(task: Task): void {
  task.plugins.delete(key)
}
