// SPDX-License-Identifier: MIT
/** Processors of the machine, as far as filters name them. */
export const cpuCount = 2

/** `0`, `0-1`, `0,1`, `all`, `0-N` between `CPUS{` and `}`: the processors, or undefined where the list is not one. */
export function parseCpuList(text: string): readonly number[] | undefined {
  const cpus = new Set<number>()
  for (const part of text.split(',')) {
    const range = /^(?:all|(\d+|N)(?:-(\d+|N))?)$/.exec(part)
    if (!range) return undefined
    const bound = (written: string): number => (written === 'N' ? cpuCount - 1 : Number(written))
    const from = range[1] === undefined ? 0 : bound(range[1])
    const to = range[1] === undefined ? cpuCount - 1 : bound(range[2] ?? range[1])
    if (from > to || to >= cpuCount) return undefined
    for (let cpu = from; cpu <= to; cpu++) cpus.add(cpu)
  }
  return [...cpus].sort((a, b) => a - b)
}
