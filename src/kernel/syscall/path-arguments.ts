// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Found } from '../fs/file-tree.ts'
import type { Content, FileInode } from '../fs/inode.ts'
import { folderAt } from './folder-at.ts'
import { type Call, int } from './system-call.ts'
import { readPath } from './user-access.ts'

/** AT_FDCWD, as an argument. */
export const here = BigInt.asUintN(64, -100n)
export const At = {
  SYMLINK_NOFOLLOW: 0x100,
  REMOVEDIR: 0x200,
  SYMLINK_FOLLOW: 0x400,
  EMPTY_PATH: 0x1000,
} as const

export type Caller = Omit<Call, 'arguments'>

/** Where a path of an *at call leads, or -errno. */
export function find(
  { kernel, task }: Caller,
  folder: bigint,
  address: bigint,
  follow: boolean,
): Found | number {
  const path = readPath(task, address)
  if (typeof path === 'number') return path
  const from = folderAt(task, folder, path)
  return typeof from === 'number' ? from : kernel.files.find(path, from, follow)
}

/** The place of a name that is to be made or removed, or -errno. */
export function findName({ kernel, task }: Caller, folder: bigint, address: bigint): Found | number {
  const path = readPath(task, address)
  if (typeof path === 'number') return path
  const from = folderAt(task, folder, path)
  return typeof from === 'number' ? from : kernel.files.findName(path, from)
}

/** A place for a new object (filename_create), or -errno: only a folder may have a slash behind its name. */
export function findFreeName(
  caller: Caller,
  folder: bigint,
  address: bigint,
  kind: 'folder' | 'other',
): Found | number {
  const found = findName(caller, folder, address)
  if (typeof found === 'number') return found
  if (found.last !== 'name' || found.inode) return -Errno.EEXIST
  if (found.slash && kind === 'other') return -Errno.ENOENT
  return found.folder.readOnly ? -Errno.EROFS : found
}

/** Makes an object at a place that is free; its folder has changed by that. */
export function makeFile(
  { kernel }: Caller,
  { folder, name, path }: Found,
  mode: number,
  content: Content,
): void {
  const inode = kernel.files.create(folder, name, path, mode, content)
  inode.changed = kernel.timeOfDay
  folder.changed = kernel.timeOfDay
}

/** The object of a path of an *at call; with `flags`, the descriptor itself for an empty path. */
export function object(caller: Caller, folder: bigint, address: bigint, flags: number): FileInode | number {
  const { task } = caller
  if ((flags & At.EMPTY_PATH) !== 0 && (address === 0n || readPath(task, address) === '')) {
    const path = int(folder) === -100 ? caller.kernel.files.lookup(task.folder.path) : undefined
    return path ?? task.files.get(int(folder))?.inode ?? -Errno.EBADF
  }
  const found = find(caller, folder, address, (flags & At.SYMLINK_NOFOLLOW) === 0)
  return typeof found === 'number' ? found : (found.inode ?? -Errno.ENOENT)
}
