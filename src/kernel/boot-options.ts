// SPDX-License-Identifier: MIT

import type { Event } from '../events/event.ts'
import type { EventKind } from '../events/event-kinds.ts'
import type { OutsideFolder } from './fs/outside-tree.ts'
import type { AddressSpace, Task } from './kernel.ts'

/** Where a run is stopped as `broken` instead of going on for ever. */
export type KernelLimits = {
  /** Tasks that are alive at the same time. */
  readonly tasks: number
  /** Open files of one process (RLIMIT_NOFILE). */
  readonly openFiles: number
  /** Bytes written to the two outputs together. */
  readonly output: number
  /** Kernel entries inside one step, so that a restart loop ends. */
  readonly restarts: number
  /** Bytes held by files, pipes and folders of the in-memory tree. */
  readonly files: number
}

/** Is told of every system call at its entry and, unless it does not return, when its result is there. */
export type CallWatcher = {
  entered(task: Task, name: string, values: readonly bigint[]): void
  left(task: Task, result: bigint): void
}

/** What a boot may choose. All of it is optional; the same options give the same run. */
export type BootOptions = {
  /** Kinds of events that are recorded; absent: all. What is not recorded costs nothing and stops nothing. */
  readonly record?: ReadonlySet<EventKind>
  /** Seed of getrandom, /dev/urandom and AT_RANDOM. */
  readonly seed?: bigint
  readonly limits?: Partial<KernelLimits>
  /** `value` of an `exit` event, asked while the task's mm is still there; undefined: the exit code. */
  readonly exitValue?: (task: Task) => bigint | undefined
  /** How an address is written in events (`calc:add+0x4`); absent: hexadecimal. */
  readonly place?: (mm: AddressSpace, address: bigint) => string
  /** A tree that programs find under `/`, beside /dev and /proc. */
  readonly tree?: OutsideFolder
  /** Takes what programs write to the two outputs, instead of its being kept. */
  readonly output?: (descriptor: 1 | 2, bytes: Uint8Array) => void
  readonly calls?: CallWatcher
  /**
   * All tasks run under a debugger: signals that they ignore reach them, and end what they sleep for, before they are dropped (sig_ignored);
   * those that kill do so when they are delivered, not when they are sent (complete_signal).
   */
  readonly traced?: boolean
  /** Takes events, instead of their being kept. */
  readonly listen?: (event: Event) => void
}

export const defaultLimits: KernelLimits = {
  tasks: 512,
  openFiles: 1024,
  output: 16 * 1024 * 1024,
  restarts: 10_000,
  files: 256 * 1024 * 1024,
}
