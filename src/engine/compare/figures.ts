// SPDX-License-Identifier: MIT
/** What one variant of a kernel did with a scenario. Counts are sums over all probes. */
export type Figures = {
  /** Of the probed instruction while its probe was attached. */
  readonly executions: number
  /** Executions for which handlers were called. */
  readonly hits: number
  readonly missed: number
  /** Exceptions and system calls that probes cost. */
  readonly traps: number
  /** Mappings that the kernel made in the program for its own purposes. */
  readonly areas: number
  /** Different slots in which copies ran. */
  readonly slots: number
  /** Probes that the kernel refused, or whose event it could not enable. */
  readonly refused: number
  /** Threads that were stopped for insertions and removals, and for how long in all: nanoseconds of the virtual clock, on which a step is one. */
  readonly stopped: number
  readonly stoppedFor: number
  /**
   * Threads whose result, or output, is another than without probes; the text says what. Absent where that cannot be told: the schedule
   * does something to the programs at a point that only a probe defines, or it could not be followed.
   */
  readonly changes?: readonly string[]
  /** Which invariants broke, a sentence each. */
  readonly broken: readonly string[]
  /** Why the run ended before its end; absent when it did not. */
  readonly end?: string
}

/** A kernel that cannot be made of these choices, or its run. */
export type Outcome =
  | { readonly kind: 'figures'; readonly figures: Figures }
  | { readonly kind: 'refused'; readonly reason: string }
