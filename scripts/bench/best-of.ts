// SPDX-License-Identifier: MIT
/** Processor time of this process in seconds, so that other programs on the machine do not count. */
export function seconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** The shortest of three rounds, in seconds. What a round needs is made before its clock starts. */
export function bestOf<T>(prepare: () => T, work: (prepared: T) => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const prepared = prepare()
    const start = seconds()
    work(prepared)
    best = Math.min(best, seconds() - start)
  }
  return best
}
