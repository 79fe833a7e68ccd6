// SPDX-License-Identifier: MIT
import type { AddressSpace, Inode } from '../../kernel/kernel.ts'
import type { Consumer, ProbeSite } from '../uprobes.ts'
import type { Analysis } from '../user-bkpt/analyse.ts'

/** A consumer on a probe. */
export type Attached = {
  readonly consumer: Consumer
  /** Grows with every registration; how a return knows who was there at the entry (spec 06 §6.1). */
  readonly id: number
  readonly calls: Calls
}

/** How many callbacks of a consumer are running, at whatever probes. */
export type Calls = { running: number }

/** A probe: one for each place of a file in the whole system (spec 01 §2). */
export type Uprobe = {
  readonly inode: Inode
  readonly offset: number
  /** In 2010, one for each address of a process, where it was defined by that (spec 08 §3). */
  readonly site?: ProbeSite
  /** 0: none. */
  readonly referenceCounterOffset: number
  /** In the order in which they are called. */
  consumers: readonly Attached[]
  /** Set by the first installation that succeeds in reading the instruction ("copied" bit). */
  analysis: Analysis | undefined
  /** Never tried again anywhere, once it failed (spec 04 §11). */
  optimisationFailed: boolean
  /** A reference to it has been lost, so it stays without consumers, too (bug B13). */
  leaked: boolean
  /** The scenario's name for it: that of the consumer that has been there longest, or of the last one. */
  name: string
}

/** Whether any consumer wants its breakpoint in this mm (filter_chain). */
export function isWanted(uprobe: Uprobe, mm: AddressSpace): boolean {
  return uprobe.consumers.some(({ consumer }) => accepts(consumer, mm))
}

export function accepts(consumer: Consumer, mm: AddressSpace): boolean {
  return consumer.filter?.(mm) ?? true
}
