// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import type { AlarmTimer } from '../task/alarm-timers.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { readTimespec, writeTimespec } from './time-values.ts'

/**
 * A struct itimerspec as a timer of the virtual clock; `off` where it disarms; -EFAULT or -EINVAL. `clockNow` is the time of the clock that
 * an absolute one counts by; undefined: it is relative.
 */
export function readTimerSpec(
  kernel: KernelCore,
  task: KernelTask,
  address: bigint,
  clockNow: bigint | undefined,
): AlarmTimer | 'off' | number {
  const interval = readTimespec(task, address)
  const value = readTimespec(task, address + 16n)
  if (typeof interval === 'number') return interval
  if (typeof value === 'number') return value
  if (value === 0n) return 'off'
  return { deadline: kernel.now + value - (clockNow ?? 0n), interval }
}

/** struct itimerspec: the interval, and what is left of the time. 0 or -EFAULT. */
export function writeTimerSpec(
  kernel: KernelCore,
  task: KernelTask,
  address: bigint,
  timer: AlarmTimer | undefined,
): number {
  const left = timer && timer.deadline > kernel.now ? timer.deadline - kernel.now : 0n
  return writeTimespec(task, address, timer?.interval ?? 0n) || writeTimespec(task, address + 16n, left)
}
