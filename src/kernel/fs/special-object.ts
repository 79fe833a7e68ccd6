// SPDX-License-Identifier: MIT
import type { KernelTask } from '../task/kernel-task.ts'

/** Bits of poll(2). */
export const Poll = { IN: 1, OUT: 4, ERR: 8, HUP: 16, NVAL: 32, RDHUP: 0x2000 } as const

/** What is behind a descriptor that is neither a file nor a pipe: an eventfd, a timer, a set of epoll, an end of a socket pair. */
export interface SpecialObject {
  /** What /proc/PID/fd shows. */
  readonly name: string
  /** File type bits of st_mode; 0 for most. */
  readonly type: number
  /** Counts what has happened that a watcher of edges wants to hear of. */
  readonly activity: number
  /** Bits of `Poll`, as the task that asks sees them. */
  events(task: KernelTask): number
  /** Bytes, -errno, or undefined: nothing yet. */
  read?(length: number, task: KernelTask): Uint8Array | number | undefined
  /** Bytes taken, -errno, or undefined: no room yet. */
  write?(bytes: Uint8Array, task: KernelTask): number | undefined
  /** The last descriptor is closed. */
  close?(): void
}
