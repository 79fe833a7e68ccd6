// SPDX-License-Identifier: MIT
/** Counts of a probe, and whether it is attached. */
export interface ProbeCounts {
  get(probe: string): CountsOfProbe | undefined
}

/** `hits` as `uprobe_profile` has them; `executions` of the instruction while the probe was attached, and those of them that called no handler. */
export type CountsOfProbe = {
  readonly hits: bigint
  readonly executions: bigint
  readonly missed: bigint
  readonly attached: boolean
}
