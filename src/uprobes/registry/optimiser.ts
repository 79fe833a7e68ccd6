// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode, KernelPath, Task, Vma } from '../../kernel/kernel.ts'
import type { Uprobe } from './uprobe.ts'

/** Another form of a breakpoint, without a trap (profile choice `optimize`). */
export interface Optimiser {
  /** Whether the place holds that form now. */
  isOptimised(uprobe: Uprobe, mm: AddressSpace, address: number): boolean
  /** The first hit is about to end: the place may be given that form. */
  considerAfterHit(task: Task, uprobe: Uprobe, address: number): KernelPath<void>
  /** Puts the bytes of the file back in its place. 0 or -errno; `account` is asked before the last write. */
  restore(uprobe: Uprobe, vma: Vma, address: number, account: () => number): number
  /** Parts of files' text that stay changed after that, in mms that had this form. */
  leftovers(): readonly { readonly inode: Inode; readonly offset: number; readonly length: number }[]
}
