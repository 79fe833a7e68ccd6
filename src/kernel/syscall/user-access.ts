// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'

/** Longest path with its NUL (PATH_MAX). */
const longestPath = 4096

/** `length` bytes of user memory, or undefined (-EFAULT). */
export function readBytes(task: KernelTask, address: bigint, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length)
  return task.mm!.read(Number(address), bytes) === length ? bytes : undefined
}

export function readView(task: KernelTask, address: bigint, length: number): DataView | undefined {
  const bytes = readBytes(task, address, length)
  return bytes && new DataView(bytes.buffer)
}

/** 0 or -EFAULT. */
export function writeBytes(task: KernelTask, address: bigint, bytes: Uint8Array): number {
  return task.mm!.write(Number(address), bytes) === bytes.length ? 0 : -Errno.EFAULT
}

/** A structure that `fill` writes into zeroed memory. 0 or -EFAULT. */
export function writeStructure(
  task: KernelTask,
  address: bigint,
  size: number,
  fill: (view: DataView) => void,
): number {
  const bytes = new Uint8Array(size)
  fill(new DataView(bytes.buffer))
  return writeBytes(task, address, bytes)
}

/** The bytes of a NUL-terminated string, without the NUL; -EFAULT, or `tooLong` negated. */
export function readStringBytes(
  task: KernelTask,
  address: bigint,
  longest: number,
  tooLong: number,
): Uint8Array | number {
  const bytes = new Uint8Array(longest)
  const start = Number(address)
  let have = 0
  while (have < longest) {
    // To the end of the page: a string may end right before an unmapped one.
    const count = Math.min(longest - have, 4096 - ((start + have) % 4096))
    const read = task.mm!.read(start + have, bytes.subarray(have, have + count))
    const end = bytes.subarray(have, have + read).indexOf(0)
    if (end >= 0) return bytes.slice(0, have + end)
    if (read < count) return -Errno.EFAULT
    have += count
  }
  return -tooLong
}

export function readPath(task: KernelTask, address: bigint): string | number {
  const bytes = readStringBytes(task, address, longestPath, Errno.ENAMETOOLONG)
  return typeof bytes === 'number' ? bytes : new TextDecoder().decode(bytes)
}
