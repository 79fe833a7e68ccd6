// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode, KernelPath, Vma } from '../../kernel/kernel.ts'
import type { Uprobe } from './uprobe.ts'

/** Another form of a breakpoint, without a trap (profile choice `optimize`). */
export interface Optimiser {
  /** Whether the place holds that form now. */
  isOptimised(uprobe: Uprobe, mm: AddressSpace, address: number): boolean
  /** A hit of an instruction that can have that form is about to end: the place may be given it. */
  considerAfterHit(mm: AddressSpace, uprobe: Uprobe, address: number): KernelPath<void>
  /** A place that holds that form gets the breakpoint again, with the bytes behind it that are the instruction's. 0 or -errno. */
  restore(uprobe: Uprobe, vma: Vma, address: number): number
  /** Parts of files' text that stay changed after that, in mms that had this form. */
  leftovers(): readonly { readonly inode: Inode; readonly offset: number; readonly length: number }[]
}
