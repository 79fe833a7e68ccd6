// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { Advised, type Area } from './area.ts'
import type { Mm } from './mm.ts'
import { makePresent, makeWritable } from './page-fault.ts'
import { changeFlags } from './protect-memory.ts'
import { zap } from './zap.ts'

/**
 * madvise. What changes what a program sees is done: DONTNEED and FREE drop pages (a breakpoint in them is lost, spec 04 §8), DONTFORK,
 * WIPEONFORK and their opposites, POPULATE; of the rest, what Linux notes with a mapping keeps it apart from its neighbours.
 * A hole in the range: -ENOMEM, after the areas around it have been treated.
 */
export function* adviseMemory(mm: Mm, start: number, end: number, advice: number): KernelPath<number> {
  if (!knownAdvice.has(advice)) return -Errno.EINVAL
  let hole = false
  let at = start
  while (at < end) {
    const area = mm.areaEndingAbove(at)
    if (!area || area.start >= end) return -Errno.ENOMEM
    if (area.start > at) hole = true
    const from = Math.max(at, area.start)
    const to = Math.min(area.end, end)
    const problem = yield* advise(area, from, to, advice)
    if (problem < 0) return problem
    at = to
  }
  return hole ? -Errno.ENOMEM : 0
}

const Advice = {
  NORMAL: 0,
  RANDOM: 1,
  SEQUENTIAL: 2,
  DONTNEED: 4,
  FREE: 8,
  DONTFORK: 10,
  DOFORK: 11,
  MERGEABLE: 12,
  UNMERGEABLE: 13,
  HUGEPAGE: 14,
  NOHUGEPAGE: 15,
  DONTDUMP: 16,
  DODUMP: 17,
  WIPEONFORK: 18,
  KEEPONFORK: 19,
  POPULATE_READ: 22,
  POPULATE_WRITE: 23,
  DONTNEED_LOCKED: 24,
} as const
const knownAdvice = new Set([0, 1, 2, 3, 4, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24])

/** Notes that an advice makes and takes back. */
const notes: ReadonlyMap<number, { readonly set: number; readonly clear: number }> = new Map([
  [Advice.NORMAL, { set: 0, clear: Advised.RANDOM | Advised.SEQUENTIAL }],
  [Advice.RANDOM, { set: Advised.RANDOM, clear: Advised.SEQUENTIAL }],
  [Advice.SEQUENTIAL, { set: Advised.SEQUENTIAL, clear: Advised.RANDOM }],
  [Advice.MERGEABLE, { set: Advised.MERGEABLE, clear: 0 }],
  [Advice.UNMERGEABLE, { set: 0, clear: Advised.MERGEABLE }],
  [Advice.HUGEPAGE, { set: Advised.HUGE_PAGES, clear: Advised.NO_HUGE_PAGES }],
  [Advice.NOHUGEPAGE, { set: Advised.NO_HUGE_PAGES, clear: Advised.HUGE_PAGES }],
  [Advice.DONTDUMP, { set: Advised.DONT_DUMP, clear: 0 }],
  [Advice.DODUMP, { set: 0, clear: Advised.DONT_DUMP }],
  [Advice.WIPEONFORK, { set: Advised.WIPE_ON_FORK, clear: 0 }],
  [Advice.KEEPONFORK, { set: 0, clear: Advised.WIPE_ON_FORK }],
])

function* advise(area: Area, start: number, end: number, advice: number): KernelPath<number> {
  const { mm, flags } = area
  const note = notes.get(advice)
  if (note) {
    const refusal = refuses(area, advice)
    if (refusal !== undefined) return -refusal
    yield* changeFlags(area, start, end, { ...flags, advised: (flags.advised & ~note.clear) | note.set })
    return 0
  }
  if (advice === Advice.DONTNEED || advice === Advice.DONTNEED_LOCKED) {
    for (const hook of mm.kernel.hooks.discard) hook(area, start, end)
    zap(mm, start, end)
  } else if (advice === Advice.FREE) {
    if (area.inode || area.pages) return -Errno.EINVAL
    zap(mm, start, end)
  } else if (advice === Advice.DONTFORK) yield* changeFlags(area, start, end, { ...flags, dontCopy: true })
  else if (advice === Advice.DOFORK) {
    if (flags.special || flags.io) return -Errno.EINVAL
    yield* changeFlags(area, start, end, { ...flags, dontCopy: false })
  } else if (advice === Advice.POPULATE_READ || advice === Advice.POPULATE_WRITE) {
    const write = advice === Advice.POPULATE_WRITE
    if (flags.io || (write ? !flags.write : !flags.read)) return -Errno.EINVAL
    for (let at = start; at < end; at += 4096) {
      const outcome = write ? makeWritable(mm, area, at, true) : makePresent(mm, area, at)
      if (outcome !== 'mapped') return -Errno.EFAULT
    }
  }
  return 0
}

/** An errno; 0: the advice is not followed, without a word. */
function refuses({ flags, inode, pages }: Area, advice: number): number | undefined {
  const special = flags.special || flags.io
  if (advice === Advice.DODUMP && special) return Errno.EINVAL
  if (advice === Advice.WIPEONFORK && (inode || pages || flags.shared)) return Errno.EINVAL
  return (advice === Advice.MERGEABLE || advice === Advice.UNMERGEABLE) && (flags.shared || special)
    ? 0
    : undefined
}
