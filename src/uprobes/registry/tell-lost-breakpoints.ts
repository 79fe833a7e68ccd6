// SPDX-License-Identifier: MIT
import type { Kernel, Vma } from '../../kernel/kernel.ts'
import { type BugName, recordBug } from '../known-bugs.ts'
import { breakpoint } from '../user-bkpt/instruction.ts'
import type { ProbeTree } from './probe-tree.ts'
import { holdsCounter } from './reference-counters.ts'
import { addressOf, offsetOf } from './suitable-vma.ts'
import type { Uprobe } from './uprobe.ts'

/** madvise is about to drop pages: a breakpoint in one is lost, and nobody will notice (bug B15). */
export function tellDropped(kernel: Kernel, tree: ProbeTree, vma: Vma, start: number, end: number): void {
  tell(kernel, tree, { vma, start, end }, 'B15', () => true)
}

/** Text is about to be unmapped, and the counter that its breakpoint has raised stays mapped: it is not lowered again (bug B20). */
export function tellUncounted(kernel: Kernel, tree: ProbeTree, vma: Vma, start: number, end: number): void {
  tell(kernel, tree, { vma, start, end }, 'B20', uprobe => {
    if (uprobe.referenceCounterOffset === 0) return false
    const counter = vma.mm.vmas.find(candidate => holdsCounter(candidate, uprobe))
    const at = counter && addressOf(counter, uprobe.referenceCounterOffset)!
    return at !== undefined && !(at >= start && at < end)
  })
}

type Range = { readonly vma: Vma; readonly start: number; readonly end: number }

function tell(
  kernel: Kernel,
  tree: ProbeTree,
  { vma, start, end }: Range,
  bug: BugName,
  shows: (uprobe: Uprobe) => boolean,
): void {
  if (!vma.inode || !kernel.records('bug')) return
  for (const uprobe of tree.within(vma.inode, offsetOf(vma, start), offsetOf(vma, end))) {
    const address = addressOf(vma, uprobe.offset)!
    const byte = vma.mm.pageState(address) === 'private' ? vma.mm.peek(address, 1)?.[0] : undefined
    const [task] = vma.mm.users
    if (byte === breakpoint && shows(uprobe))
      recordBug(kernel, bug, { ...(task && { task }), probe: uprobe.name, ip: BigInt(address) })
  }
}
