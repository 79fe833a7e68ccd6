// SPDX-License-Identifier: MIT
/**
 * Who runs next. A scheduler is three methods; each strategy is one small file. The engine asks whenever a turn is over;
 * tasks are named, in order of creation, and the same answers are given on every run of a seed.
 */
export interface Scheduler {
  /** A new run begins. */
  begin(): void
  /**
   * Which of the runnable tasks is next, and for how many steps at most. `current` ran last and may be absent from `runnable`.
   * `runnable` is never empty.
   */
  next(runnable: readonly string[], current: string | undefined): ScheduledTurn
  /** The next number of this run's own sequence, 0 ≤ x < 1. */
  random(): number
}

/** `steps` may be Infinity: until the task sleeps or is gone. */
export type ScheduledTurn = { readonly task: string; readonly steps: number }
