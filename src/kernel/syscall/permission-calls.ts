// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { At, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'

const onlyRoot = 'everything belongs to root'

/** Modes and owners of files. */
export const permissionCalls: readonly SystemCall[] = [
  { number: 90, name: 'chmod', count: 2, support: 'full', handler: chmod },
  { number: 91, name: 'fchmod', count: 2, support: 'full', handler: fchmod },
  { number: 95, name: 'umask', count: 1, support: 'full', handler: umask },
  ...[92, 93, 94].map(
    (number): SystemCall => ({
      number,
      name: { 92: 'chown', 93: 'fchown', 94: 'lchown' }[number]!,
      count: 3,
      support: 'stub',
      note: onlyRoot,
      handler: c =>
        number === 93
          ? c.task.files.get(int(c.arguments[0]))
            ? 0
            : -Errno.EBADF
          : owned(object(c, here, c.arguments[0], number === 94 ? At.SYMLINK_NOFOLLOW : 0)),
    }),
  ),
  {
    number: 260,
    name: 'fchownat',
    count: 5,
    support: 'stub',
    note: onlyRoot,
    handler: c => owned(object(c, c.arguments[0], c.arguments[1], int(c.arguments[4]))),
  },
  {
    number: 268,
    name: 'fchmodat',
    count: 3,
    support: 'full',
    handler: c => changeMode(object(c, c.arguments[0], c.arguments[1], 0), c.arguments[2]),
  },
  {
    number: 452,
    name: 'fchmodat2',
    count: 4,
    support: 'full',
    handler: c => changeMode(object(c, c.arguments[0], c.arguments[1], int(c.arguments[3])), c.arguments[2]),
  },
]

function owned(inode: FileInode | number): number {
  return typeof inode === 'number' ? inode : 0
}

function chmod(call: Call): number {
  return changeMode(object(call, here, call.arguments[0], 0), call.arguments[1])
}

function changeMode(inode: FileInode | number, mode: bigint): number {
  if (typeof inode === 'number') return inode
  if (inode.readOnly) return -Errno.EROFS
  inode.mode = unsigned(mode) & 0o7777
  return 0
}

function fchmod({ task, arguments: [fd, mode] }: Call): number {
  const file = task.files.get(int(fd))
  return file ? changeMode(file.inode, mode) : -Errno.EBADF
}

function umask({ task, arguments: [mask] }: Call): number {
  const old = task.folder.umask
  task.folder.umask = unsigned(mask) & 0o777
  return old
}
