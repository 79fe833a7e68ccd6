// SPDX-License-Identifier: MIT
/** Counts of a probe as `uprobe_profile` has them, and whether it is attached. */
export interface ProbeCounts {
  get(
    probe: string,
  ): { readonly hits: bigint; readonly missed: bigint; readonly attached: boolean } | undefined
}
