// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { At, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'

const keepsOut = 'owners are noted, and keep nobody out: there is only root'

/** Modes and owners of files. */
export const permissionCalls: readonly SystemCall[] = [
  { number: 90, name: 'chmod', count: 2, support: 'full', handler: chmod },
  { number: 91, name: 'fchmod', count: 2, support: 'full', handler: fchmod },
  { number: 95, name: 'umask', count: 1, support: 'full', handler: umask },
  {
    number: 92,
    name: 'chown',
    count: 3,
    support: 'partial',
    note: keepsOut,
    handler: c => changeOwner(c, object(c, here, c.arguments[0], 0), c.arguments[1], c.arguments[2]),
  },
  {
    number: 93,
    name: 'fchown',
    count: 3,
    support: 'partial',
    note: keepsOut,
    handler: c => {
      const inode = c.task.files.get(int(c.arguments[0]))?.inode ?? -Errno.EBADF
      return changeOwner(c, inode, c.arguments[1], c.arguments[2])
    },
  },
  {
    number: 94,
    name: 'lchown',
    count: 3,
    support: 'partial',
    note: keepsOut,
    handler: c =>
      changeOwner(c, object(c, here, c.arguments[0], At.SYMLINK_NOFOLLOW), c.arguments[1], c.arguments[2]),
  },
  {
    number: 260,
    name: 'fchownat',
    count: 5,
    support: 'partial',
    note: keepsOut,
    handler: c =>
      changeOwner(
        c,
        object(c, c.arguments[0], c.arguments[1], int(c.arguments[4])),
        c.arguments[2],
        c.arguments[3],
      ),
  },
  {
    number: 268,
    name: 'fchmodat',
    count: 3,
    support: 'full',
    handler: c => changeMode(c, object(c, c.arguments[0], c.arguments[1], 0), c.arguments[2]),
  },
  {
    number: 452,
    name: 'fchmodat2',
    count: 4,
    support: 'full',
    handler: c =>
      changeMode(c, object(c, c.arguments[0], c.arguments[1], int(c.arguments[3])), c.arguments[2]),
  },
]

/** -1 leaves an owner or a group. Bits that give rights of the owner go (setuid, and setgid of what can be executed). */
function changeOwner({ kernel }: Call, inode: FileInode | number, owner: bigint, group: bigint): number {
  if (typeof inode === 'number') return inode
  if (inode.readOnly) return -Errno.EROFS
  if (int(owner) !== -1) inode.owner = unsigned(owner)
  if (int(group) !== -1) inode.group = unsigned(group)
  if (inode.regular) inode.mode &= ~((inode.mode & 0o010) === 0 ? 0o4000 : 0o6000)
  inode.changeStatus(kernel.timeOfDay)
  return 0
}

function chmod(call: Call): number {
  return changeMode(call, object(call, here, call.arguments[0], 0), call.arguments[1])
}

function changeMode({ kernel }: Call, inode: FileInode | number, mode: bigint): number {
  if (typeof inode === 'number') return inode
  if (inode.readOnly) return -Errno.EROFS
  inode.mode = unsigned(mode) & 0o7777
  inode.changeStatus(kernel.timeOfDay)
  return 0
}

function fchmod(call: Call): number {
  const [fd, mode] = call.arguments
  const file = call.task.files.get(int(fd))
  return file ? changeMode(call, file.inode, mode) : -Errno.EBADF
}

function umask({ task, arguments: [mask] }: Call): number {
  const old = task.folder.umask
  task.folder.umask = unsigned(mask) & 0o777
  return old
}
