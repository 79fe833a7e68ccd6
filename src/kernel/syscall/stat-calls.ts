// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { fillStat, fillStatx, statSize, statxSize } from '../fs/stat.ts'
import { At, type Caller, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { writeBytes, writeStructure } from './user-access.ts'

export const statCalls: readonly SystemCall[] = [
  {
    number: 4,
    name: 'stat',
    count: 2,
    support: 'full',
    handler: c => stat(c, here, c.arguments[0], c.arguments[1], 0),
  },
  {
    number: 5,
    name: 'fstat',
    count: 2,
    support: 'full',
    handler: ({ task, arguments: [fd, buffer] }) => {
      const file = task.files.get(int(fd))
      return file ? writeStat(task, buffer, file.inode) : -Errno.EBADF
    },
  },
  {
    number: 6,
    name: 'lstat',
    count: 2,
    support: 'full',
    handler: c => stat(c, here, c.arguments[0], c.arguments[1], At.SYMLINK_NOFOLLOW),
  },
  {
    number: 21,
    name: 'access',
    count: 2,
    support: 'full',
    handler: c => access(c, here, c.arguments[0], c.arguments[1]),
  },
  {
    number: 89,
    name: 'readlink',
    count: 3,
    support: 'full',
    handler: c => readLink(c, here, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  { number: 137, name: 'statfs', count: 2, support: 'full', handler: statfs },
  { number: 138, name: 'fstatfs', count: 2, support: 'full', handler: fstatfs },
  {
    number: 262,
    name: 'newfstatat',
    count: 4,
    support: 'full',
    handler: c => stat(c, c.arguments[0], c.arguments[1], c.arguments[2], int(c.arguments[3])),
  },
  {
    number: 267,
    name: 'readlinkat',
    count: 4,
    support: 'full',
    handler: c => readLink(c, c.arguments[0], c.arguments[1], c.arguments[2], c.arguments[3]),
  },
  {
    number: 269,
    name: 'faccessat',
    count: 3,
    support: 'full',
    handler: c => access(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  { number: 332, name: 'statx', count: 5, support: 'full', handler: statx },
  {
    number: 439,
    name: 'faccessat2',
    count: 4,
    support: 'full',
    handler: c => access(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
]

function stat(caller: Caller, folder: bigint, path: bigint, buffer: bigint, flags: number): number {
  const inode = object(caller, folder, path, flags)
  return typeof inode === 'number' ? inode : writeStat(caller.task, buffer, inode)
}

function statfs(call: Call): number {
  const inode = object(call, here, call.arguments[0], 0)
  return typeof inode === 'number' ? inode : writeFileSystem(call.task, call.arguments[1], inode)
}

function fstatfs({ task, arguments: [fd, buffer] }: Call): number {
  const file = task.files.get(int(fd))
  return file ? writeFileSystem(task, buffer, file.inode) : -Errno.EBADF
}

/** struct statfs of a tmpfs with room, or of one that is read-only (ST_RDONLY) and full. */
function writeFileSystem(task: Call['task'], buffer: bigint, { readOnly }: FileInode): number {
  const free = readOnly ? 0n : 1n << 18n
  const flags = readOnly ? 1n : 0n
  const words = [0x0102_1994n, 4096n, 1n << 18n, free, free, 1n << 16n, 1n << 16n, 0n, 255n, 4096n, flags]
  return writeStructure(task, buffer, 120, view => {
    for (const [index, word] of words.entries()) view.setBigUint64(index * 8, word, true)
  })
}

function writeStat(task: Call['task'], buffer: bigint, inode: FileInode): number {
  return writeStructure(task, buffer, statSize, view => fillStat(view, inode))
}

function statx(call: Call): number {
  const [folder, path, flags, , buffer] = call.arguments
  const inode = object(call, folder, path, int(flags))
  if (typeof inode === 'number') return inode
  return writeStructure(call.task, buffer, statxSize, view => fillStatx(view, inode))
}

/** The caller is root: only execution needs a right; but nobody writes where nothing can be written. */
function access(caller: Caller, folder: bigint, path: bigint, mode: bigint): number {
  const inode = object(caller, folder, path, 0)
  if (typeof inode === 'number') return inode
  if ((int(mode) & 2) !== 0 && inode.readOnly) return -Errno.EROFS
  if ((int(mode) & 4) !== 0 && !inode.readable) return -Errno.EACCES
  const execute = (int(mode) & 1) !== 0
  return execute && inode.content.kind !== 'directory' && (inode.mode & 0o111) === 0 ? -Errno.EACCES : 0
}

function readLink(caller: Caller, folder: bigint, path: bigint, buffer: bigint, size: bigint): number {
  const inode = object(caller, folder, path, At.SYMLINK_NOFOLLOW)
  if (typeof inode === 'number') return inode
  if (inode.content.kind !== 'link' || int(size) <= 0) return -Errno.EINVAL
  const bytes = new TextEncoder().encode(inode.content.target).subarray(0, int(size))
  return writeBytes(caller.task, buffer, bytes) || bytes.length
}
