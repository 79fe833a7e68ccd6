// SPDX-License-Identifier: MIT
import type { AddressSpace, KernelPath, Vma } from '../../kernel/kernel.ts'
import type { Consumer } from '../uprobes.ts'
import type { Attached, Uprobe } from './uprobe.ts'

/** Which places in processes belong to a probe, and until when (profile choices `lifetime` and `fork`). */
export interface Lifetime {
  /** The probe that a breakpoint at an address would belong to. */
  probeAt(mm: AddressSpace, address: number): Uprobe | undefined
  /** The consumers that a hit of the probe there is for, in the order in which they are called. */
  listeners(uprobe: Uprobe, mm: AddressSpace, address: number): readonly Attached[]
  /** Puts the breakpoints of a consumer into the processes: 0, or the errno of the first place that fails; those before it stay. */
  install(uprobe: Uprobe, attached: Attached): KernelPath<number>
  /** A consumer has gone, or accepts other mms: takes out what nobody wants any more. 0, or the first errno. */
  removeUnwanted(uprobe: Uprobe, consumer: Consumer): KernelPath<number>
  /** As above, in one mm and at once, after all handlers of a hit asked for it. */
  removeFrom(uprobe: Uprobe, mm: AddressSpace): void
  /** Whether a probe that could not be taken out somewhere is kept for ever (bug B7). */
  readonly leaks: boolean
  /** A mapping has come or changed. */
  mapped(vma: Vma): void
  /** A mapping is about to go or to change. */
  unmapping(vma: Vma, start: number, end: number): void
  /** The pages of a range are about to leave their addresses. */
  leaving(vma: Vma, start: number, end: number, why: 'unmap' | 'move'): void
  /** Finds out whether an mm still has probes, where that is in doubt. */
  recalculate(mm: AddressSpace): void
  /** Fork has copied an mm with its pages. */
  copied(from: AddressSpace, to: AddressSpace): void
  /** An mm is about to be torn down. */
  released(mm: AddressSpace): void
}
