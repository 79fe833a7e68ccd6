// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode, KernelPath, Task } from '../kernel/kernel.ts'

/** What a handler is told. `registers` are those at the probe (ip is the probe address); writable by handlers. */
export type HitContext = {
  readonly task: Task
  readonly mm: AddressSpace
  readonly registers: BigUint64Array
  /** Probe address; for a return, the probed function. */
  readonly address: bigint
  /** Address of file offset 0 in the probed mapping: probe address less the probe's offset. */
  readonly bias: bigint
  /** Only for returns: where execution continues. */
  readonly returnAddress?: bigint
  /** An optimised probe came here by its system call instead of a trap. */
  readonly optimised?: true
}

/** 0 normal, 1 remove, 2 ignore (no return instance for this consumer). */
export type HandlerVerdict = 0 | 1 | 2

/** Someone who wants to know of hits. A consumer with both handlers is a session (spec 06 §6.1). */
export interface Consumer {
  /** A path where it may sleep, of a `HandlerVerdict` too. */
  handler?(context: HitContext): HandlerVerdict | KernelPath<number>
  returnHandler?(context: HitContext): undefined | KernelPath<void>
  /** Whether breakpoints for it belong into this mm. No filter: yes. */
  filter?(mm: AddressSpace): boolean
  /** The name used in `trap`, `step`, `stepped`, `emulated` events: the probe of the scenario. */
  readonly probe: string
}

/** One address of one process, as probes were named in 2010. */
export type ProbeSite = { readonly mm: AddressSpace; readonly address: number }

/** The registry's public face (spec 04). Every call is a kernel path of whoever calls; numbers are 0 or -errno. */
export interface Uprobes {
  /** With `site`, only there; the file and offset are those that are mapped there. Not with the choice `lifetime: file`. */
  register(
    inode: Inode,
    offset: bigint,
    referenceCounterOffset: bigint,
    consumer: Consumer,
    site?: ProbeSite,
  ): KernelPath<number>
  /** Restores the bytes; returns once no callback of this consumer can run any more: `remove`, then `synchronise`. */
  unregister(inode: Inode, offset: bigint, consumer: Consumer): KernelPath<void>
  /**
   * The first half of `unregister`: takes the consumer off its probe and restores the bytes that nobody else wants. Sleeps only while
   * a fork copies an mm. A negative errno says that bytes could not be restored; the consumer is gone all the same, and the probe
   * stays for ever (spec 10 B7). -ENOENT if the consumer is not attached there.
   */
  remove(inode: Inode, offset: bigint, consumer: Consumer): KernelPath<number>
  /** The second half: sleeps until no task is inside a callback of this consumer. */
  synchronise(consumer: Consumer): KernelPath<void>
  /** Puts in place (`add`) or takes back what the consumer's filter says now, after it has changed. -ENOENT if not attached. */
  apply(inode: Inode, offset: bigint, consumer: Consumer, add: boolean): KernelPath<number>
  /** Counts for state checks: slots in use, pending returns, whether a byte belongs to a live probe. */
  inspect(): UprobesState
}

export type UprobesState = {
  slotsInUse(mm: AddressSpace): number
  slotArea(mm: AddressSpace): { readonly start: number; readonly end: number } | undefined
  /** Pending return instances of a task. */
  returnDepth(task: Task): number
  /** Stack addresses of the return addresses that are replaced in a task, the oldest first. */
  returnStacks(task: Task): readonly bigint[]
  /** Slot in which the task is being stepped. */
  activeSlot(task: Task): number | undefined
  /** Live probes as (inode, offset), for invariants; names are those of the consumers, the first registered first. */
  probes(): readonly { readonly inode: Inode; readonly offset: bigint; readonly names: readonly string[] }[]
  /** Names of the consumers that a hit of the probe at an address is for. */
  listening(mm: AddressSpace, address: number): readonly string[]
  /** Text that probes leave changed for ever, in processes where they were optimised. */
  leftovers(): readonly { readonly inode: Inode; readonly offset: number; readonly length: number }[]
}
