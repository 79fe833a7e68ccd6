// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import type { CpuClock } from './cpu-timers.ts'
import type { KernelTask } from './kernel-task.ts'
import type { Process } from './process.ts'

/** A timer of timer_create: what it sends, and to whom. `signal` 0: nothing. */
export type PosixTimer = {
  readonly clock: number
  /** Processor time that it counts by, where it does. */
  readonly cpu: CpuClock | undefined
  readonly signal: number
  readonly value: bigint
  readonly thread: KernelTask | undefined
  overrun: number
}

/** Exit and exec delete them all. */
export function deleteTimers(kernel: KernelCore, process: Process): void {
  for (const timer of process.timers.values()) {
    kernel.timers.set(timer, undefined)
    kernel.cpuTimers.delete(timer)
  }
  process.timers.clear()
}
