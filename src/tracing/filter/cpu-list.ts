// SPDX-License-Identifier: MIT
/** Processors of the machine, as far as filters name them. */
export const cpuCount = 2
/** Numbers of a list are read into 32 bits. */
const longest = 0xffff_ffff

/**
 * The processors of a list between `CPUS{` and `}`: `0`, `0-1`, `all`, `0-N` where N is the last, `0-N:1/2` for the first of every two;
 * between them commas or white space. Undefined where the list is not one.
 */
export function parseCpuList(text: string): readonly number[] | undefined {
  if (text === '') return undefined
  const cpus = new Set<number>()
  for (let at = behindSeparators(text, 0); at < text.length; at = behindSeparators(text, at)) {
    const [written, all, first, last, used, group, lineEnd] = region.exec(text.slice(at)) ?? []
    if (written === undefined) return undefined
    const isRange = all !== undefined || last !== undefined
    if (used !== undefined && !isRange) return undefined
    const from = all === undefined ? bound(first!) : 0
    const to = all === undefined ? bound(last ?? first!) : cpuCount - 1
    const period = group === undefined ? to + 1 : bound(group)
    const width = used === undefined ? to + 1 : bound(used)
    if (from > to || to >= cpuCount || period === 0 || period > longest || width > period) return undefined
    for (let cpu = from; cpu <= to; cpu++) if ((cpu - from) % period < width) cpus.add(cpu)
    // What follows a line break is not looked at.
    if (lineEnd !== undefined) break
    at += written.length
  }
  return [...cpus].sort((a, b) => a - b)
}

const region = /^(?:([Aa][Ll]{2})|(\d+|N)(?:-(\d+|N))?)(?::(\d+|N)\/(\d+|N)|(?=[\s,]|$)(\n)?)/

function behindSeparators(text: string, at: number): number {
  return at + /^[\s,]*/.exec(text.slice(at))![0].length
}

function bound(written: string): number {
  return written === 'N' ? cpuCount - 1 : Number(written)
}
