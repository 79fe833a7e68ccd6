// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Found } from '../fs/file-tree.ts'
import type { FileInode } from '../fs/inode.ts'
import { At, type Caller, find, findFreeName, findName, here, makeFile } from './path-arguments.ts'
import { int, type SystemCall } from './system-call.ts'
import { readPath } from './user-access.ts'

/** Names of files given, changed and taken away. */
export const nameCalls: readonly SystemCall[] = [
  {
    number: 82,
    name: 'rename',
    count: 2,
    support: 'full',
    handler: c => rename(c, here, c.arguments[0], here, c.arguments[1]),
  },
  {
    number: 84,
    name: 'rmdir',
    count: 1,
    support: 'full',
    handler: c => unlink(c, here, c.arguments[0], At.REMOVEDIR),
  },
  {
    number: 86,
    name: 'link',
    count: 2,
    support: 'full',
    handler: c => link(c, here, c.arguments[0], here, c.arguments[1], 0),
  },
  { number: 87, name: 'unlink', count: 1, support: 'full', handler: c => unlink(c, here, c.arguments[0], 0) },
  {
    number: 88,
    name: 'symlink',
    count: 2,
    support: 'full',
    handler: c => symlink(c, c.arguments[0], here, c.arguments[1]),
  },
  {
    number: 264,
    name: 'renameat',
    count: 4,
    support: 'full',
    handler: c => rename(c, c.arguments[0], c.arguments[1], c.arguments[2], c.arguments[3]),
  },
  {
    number: 265,
    name: 'linkat',
    count: 5,
    support: 'full',
    handler: c =>
      link(c, c.arguments[0], c.arguments[1], c.arguments[2], c.arguments[3], int(c.arguments[4])),
  },
  {
    number: 266,
    name: 'symlinkat',
    count: 3,
    support: 'full',
    handler: c => symlink(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  {
    number: 316,
    name: 'renameat2',
    count: 5,
    support: 'partial',
    note: 'RENAME_NOREPLACE; RENAME_EXCHANGE and RENAME_WHITEOUT are refused',
    handler: c => {
      if (c.arguments[4] === 0n)
        return rename(c, c.arguments[0], c.arguments[1], c.arguments[2], c.arguments[3])
      if (c.arguments[4] !== 1n) return -Errno.EINVAL
      const free = findFreeName(c, c.arguments[2], c.arguments[3], 'folder')
      return typeof free === 'number'
        ? free
        : rename(c, c.arguments[0], c.arguments[1], c.arguments[2], c.arguments[3])
    },
  },
  {
    number: 263,
    name: 'unlinkat',
    count: 3,
    support: 'full',
    handler: c => unlink(c, c.arguments[0], c.arguments[1], int(c.arguments[2])),
  },
]

function entriesOf(folder: FileInode): Map<string, FileInode> {
  return folder.content.kind === 'directory' ? folder.content.entries : new Map()
}

function isFolder(inode: FileInode): boolean {
  return inode.content.kind === 'directory'
}

const removeSpecial = { name: 0, dotdot: Errno.ENOTEMPTY, dot: Errno.EINVAL, root: Errno.EBUSY } as const

function unlink(caller: Caller, folder: bigint, path: bigint, flags: number): number {
  const found = findName(caller, folder, path)
  if (typeof found === 'number') return found
  const { inode, name, last, slash } = found
  const removesFolder = (flags & At.REMOVEDIR) !== 0
  if (last !== 'name') return removesFolder ? -removeSpecial[last] : -Errno.EISDIR
  if (found.folder.readOnly) return -Errno.EROFS
  if (!inode) return -Errno.ENOENT
  if (removesFolder) {
    if (!isFolder(inode)) return -Errno.ENOTDIR
    if (entriesOf(inode).size > 0) return -Errno.ENOTEMPTY
  } else if (isFolder(inode)) return -Errno.EISDIR
  else if (slash) return -Errno.ENOTDIR
  entriesOf(found.folder).delete(name)
  found.folder.changed = caller.kernel.timeOfDay
  inode.links--
  inode.changeStatus(caller.kernel.timeOfDay)
  return 0
}

function rename(caller: Caller, fromFolder: bigint, from: bigint, toFolder: bigint, to: bigint): number {
  const source = findName(caller, fromFolder, from)
  if (typeof source === 'number') return source
  const target = findName(caller, toFolder, to)
  if (typeof target === 'number') return target
  if (source.folder.readOnly !== target.folder.readOnly) return -Errno.EXDEV
  if (source.last !== 'name' || target.last !== 'name') return -Errno.EBUSY
  if (source.folder.readOnly) return -Errno.EROFS
  const moved = source.inode
  if (!moved) return -Errno.ENOENT
  const refusal = refusesRename(moved, source, target)
  if (refusal) return -refusal
  if (moved === target.inode) return 0
  entriesOf(source.folder).delete(source.name)
  entriesOf(target.folder).set(target.name, moved)
  for (const folder of [source.folder, target.folder]) folder.changed = caller.kernel.timeOfDay
  if (moved.content.kind === 'directory') moved.content.parent = target.folder
  renamePaths(moved, target.path)
  moved.changeStatus(caller.kernel.timeOfDay)
  if (target.inode) target.inode.links--
  return 0
}

/** What lies in a folder moves with it. */
function renamePaths(inode: FileInode, path: string): void {
  inode.path = path
  for (const [name, child] of entriesOf(inode)) renamePaths(child, `${path}/${name}`)
}

/** In the order of do_renameat2 and vfs_rename. */
function refusesRename(moved: FileInode, source: Found, target: Found): number {
  const folder = isFolder(moved)
  if (!folder && (source.slash || target.slash)) return Errno.ENOTDIR
  if (isWithin(target.folder, moved)) return Errno.EINVAL
  const replaced = target.inode
  if (!replaced) return 0
  if (isWithin(source.folder, replaced)) return Errno.ENOTEMPTY
  if (moved === replaced) return 0
  if (folder && !isFolder(replaced)) return Errno.ENOTDIR
  if (!folder && isFolder(replaced)) return Errno.EISDIR
  return folder && entriesOf(replaced).size > 0 ? Errno.ENOTEMPTY : 0
}

/** Whether a folder is another one or lies in it. */
function isWithin(folder: FileInode, other: FileInode): boolean {
  for (let at = folder; ; ) {
    if (at === other) return true
    const above = at.content.kind === 'directory' ? at.content.parent : undefined
    if (!above || above === at) return false
    at = above
  }
}

function link(
  caller: Caller,
  fromFolder: bigint,
  from: bigint,
  toFolder: bigint,
  to: bigint,
  flags: number,
): number {
  const source = find(caller, fromFolder, from, (flags & At.SYMLINK_FOLLOW) !== 0)
  if (typeof source === 'number') return source
  if (!source.inode) return -Errno.ENOENT
  const target = findFreeName(caller, toFolder, to, 'other')
  if (typeof target === 'number') return target
  if (source.inode.readOnly !== target.folder.readOnly) return -Errno.EXDEV
  if (isFolder(source.inode)) return -Errno.EPERM
  entriesOf(target.folder).set(target.name, source.inode)
  target.folder.changed = caller.kernel.timeOfDay
  source.inode.links++
  source.inode.changeStatus(caller.kernel.timeOfDay)
  return 0
}

function symlink(caller: Caller, text: bigint, folder: bigint, path: bigint): number {
  const target = readPath(caller.task, text)
  if (typeof target === 'number') return target
  if (target === '') return -Errno.ENOENT
  const found = findFreeName(caller, folder, path, 'other')
  if (typeof found === 'number') return found
  makeFile(caller, found, 0o777, { kind: 'link', target })
  return 0
}
