// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { int } from './system-call.ts'

const workingFolder = -100

/** Path of the folder that the dirfd argument of an *at call means for a path; -EBADF, -ENOTDIR. */
export function folderAt(task: KernelTask, descriptor: bigint, path: string): string | number {
  if (path.startsWith('/') || int(descriptor) === workingFolder) return task.folder.path
  const file = task.files.get(int(descriptor))
  if (!file) return -Errno.EBADF
  return file.inode.content.kind === 'directory' ? file.path : -Errno.ENOTDIR
}
