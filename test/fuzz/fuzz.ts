// SPDX-License-Identifier: MIT
/** Runs one case; how it ended, for counting. What must not happen is an exception. */
export type FuzzCase = (seed: number, number: number) => string

export type FuzzReport = {
  /** Endings and how often each came. */
  readonly endings: ReadonlyMap<string, number>
  readonly failures: readonly { readonly number: number; readonly error: Error }[]
  /** The case that took longest, and its milliseconds. */
  readonly slowest: { readonly number: number; readonly milliseconds: number }
}

/** Runs the cases `from` up to `to` of a seed. */
export function fuzz(run: FuzzCase, seed: number, from: number, to: number): FuzzReport {
  const endings = new Map<string, number>()
  const failures: { number: number; error: Error }[] = []
  let slowest = { number: from, milliseconds: 0 }
  for (let number = from; number < to; number++) {
    const start = performance.now()
    try {
      const ending = run(seed, number)
      endings.set(ending, (endings.get(ending) ?? 0) + 1)
    } catch (error) {
      failures.push({ number, error: error instanceof Error ? error : new Error(String(error)) })
    }
    const milliseconds = performance.now() - start
    if (milliseconds > slowest.milliseconds) slowest = { number, milliseconds }
  }
  return { endings, failures, slowest }
}
