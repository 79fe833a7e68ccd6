// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { readView, writeStructure } from './user-access.ts'

export const second = 1_000_000_000n

/** A struct timespec as nanoseconds; -EFAULT, or -EINVAL when it is not a valid time. */
export function readTimespec(task: KernelTask, address: bigint): bigint | number {
  const view = readView(task, address, 16)
  if (!view) return -Errno.EFAULT
  const seconds = view.getBigInt64(0, true)
  const rest = view.getBigInt64(8, true)
  return seconds < 0n || rest < 0n || rest >= second ? -Errno.EINVAL : seconds * second + rest
}

/** 0 or -EFAULT. */
export function writeTimespec(task: KernelTask, address: bigint, nanoseconds: bigint): number {
  return writeStructure(task, address, 16, view => {
    view.setBigInt64(0, nanoseconds / second, true)
    view.setBigInt64(8, nanoseconds % second, true)
  })
}

/** A struct timeval as nanoseconds; -EFAULT or -EINVAL. Microseconds beyond a second are carried, as select takes them. */
export function readTimeval(task: KernelTask, address: bigint): bigint | number {
  const view = readView(task, address, 16)
  if (!view) return -Errno.EFAULT
  const seconds = view.getBigInt64(0, true)
  const rest = view.getBigInt64(8, true)
  return seconds < 0n || rest < 0n ? -Errno.EINVAL : seconds * second + rest * 1000n
}

/** 0 or -EFAULT. */
export function writeTimeval(task: KernelTask, address: bigint, nanoseconds: bigint): number {
  return writeStructure(task, address, 16, view => {
    view.setBigInt64(0, nanoseconds / second, true)
    view.setBigInt64(8, (nanoseconds % second) / 1000n, true)
  })
}
