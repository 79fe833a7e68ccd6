// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Found } from '../fs/file-tree.ts'
import type { FileInode } from '../fs/inode.ts'
import { directoryType, fillStat, fillStatx, statSize, statxSize } from '../fs/stat.ts'
import { folderAt } from './folder-at.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readPath, writeBytes, writeStructure } from './user-access.ts'

const here = BigInt.asUintN(64, -100n)
const At = { SYMLINK_NOFOLLOW: 0x100, REMOVEDIR: 0x200, SYMLINK_FOLLOW: 0x400, EMPTY_PATH: 0x1000 } as const

type Caller = Omit<Call, 'arguments'>

export const folderCalls: readonly SystemCall[] = [
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
  { number: 79, name: 'getcwd', count: 2, support: 'full', handler: getcwd },
  { number: 80, name: 'chdir', count: 1, support: 'full', handler: chdir },
  {
    number: 82,
    name: 'rename',
    count: 2,
    support: 'full',
    handler: c => rename(c, here, c.arguments[0], here, c.arguments[1]),
  },
  {
    number: 83,
    name: 'mkdir',
    count: 2,
    support: 'full',
    handler: c => makeFolder(c, here, c.arguments[0], c.arguments[1]),
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
    number: 89,
    name: 'readlink',
    count: 3,
    support: 'full',
    handler: c => readLink(c, here, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  { number: 90, name: 'chmod', count: 2, support: 'full', handler: chmod },
  { number: 95, name: 'umask', count: 1, support: 'full', handler: umask },
  {
    number: 191,
    name: 'getxattr',
    count: 4,
    support: 'stub',
    note: 'there are no extended attributes',
    handler: noAttribute,
  },
  {
    number: 192,
    name: 'lgetxattr',
    count: 4,
    support: 'stub',
    note: 'there are no extended attributes',
    handler: noAttribute,
  },
  { number: 217, name: 'getdents64', count: 3, support: 'full', handler: getdents },
  {
    number: 258,
    name: 'mkdirat',
    count: 3,
    support: 'full',
    handler: c => makeFolder(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  {
    number: 262,
    name: 'newfstatat',
    count: 4,
    support: 'full',
    handler: c => stat(c, c.arguments[0], c.arguments[1], c.arguments[2], int(c.arguments[3])),
  },
  {
    number: 263,
    name: 'unlinkat',
    count: 3,
    support: 'full',
    handler: c => unlink(c, c.arguments[0], c.arguments[1], int(c.arguments[2])),
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

/** Where a path of an *at call leads, or -errno. */
function find({ kernel, task }: Caller, folder: bigint, address: bigint, follow: boolean): Found | number {
  const path = readPath(task, address)
  if (typeof path === 'number') return path
  const from = folderAt(task, folder, path)
  return typeof from === 'number' ? from : kernel.files.find(path, from, follow)
}

/** The object of a path of an *at call; with `flags`, the descriptor itself for an empty path. */
function object(caller: Caller, folder: bigint, address: bigint, flags: number): FileInode | number {
  const { task } = caller
  if ((flags & At.EMPTY_PATH) !== 0 && (address === 0n || readPath(task, address) === '')) {
    const path = int(folder) === -100 ? caller.kernel.files.lookup(task.folder.path) : undefined
    return path ?? task.files.get(int(folder))?.inode ?? -Errno.EBADF
  }
  const found = find(caller, folder, address, (flags & At.SYMLINK_NOFOLLOW) === 0)
  return typeof found === 'number' ? found : (found.inode ?? -Errno.ENOENT)
}

function stat(caller: Caller, folder: bigint, path: bigint, buffer: bigint, flags: number): number {
  const inode = object(caller, folder, path, flags)
  return typeof inode === 'number' ? inode : writeStat(caller.task, buffer, inode)
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

/** The caller is root: only execution needs a right. */
function access(caller: Caller, folder: bigint, path: bigint, mode: bigint): number {
  const inode = object(caller, folder, path, 0)
  if (typeof inode === 'number') return inode
  const execute = (int(mode) & 1) !== 0
  return execute && inode.content.kind !== 'directory' && (inode.mode & 0o111) === 0 ? -Errno.EACCES : 0
}

function getcwd({ task, arguments: [buffer, size] }: Call): number {
  const bytes = new TextEncoder().encode(`${task.folder.path}\0`)
  if (bytes.length > Number(size)) return -Errno.ERANGE
  return writeBytes(task, buffer, bytes) || bytes.length
}

function chdir(call: Call): number {
  const found = find(call, here, call.arguments[0], true)
  if (typeof found === 'number') return found
  if (!found.inode) return -Errno.ENOENT
  if (found.inode.content.kind !== 'directory') return -Errno.ENOTDIR
  call.task.folder.path = found.inode.path
  return 0
}

function makeFolder(caller: Caller, folder: bigint, path: bigint, mode: bigint): number {
  const found = find(caller, folder, path, false)
  if (typeof found === 'number') return found
  if (found.inode) return -Errno.EEXIST
  const permissions = unsigned(mode) & 0o1777 & ~caller.task.folder.umask
  caller.kernel.files.create(found.folder, found.name, found.path, permissions, {
    kind: 'directory',
    entries: new Map(),
    parent: found.folder,
  })
  return 0
}

function entriesOf(folder: FileInode): Map<string, FileInode> {
  return folder.content.kind === 'directory' ? folder.content.entries : new Map()
}

function unlink(caller: Caller, folder: bigint, path: bigint, flags: number): number {
  const found = find(caller, folder, path, false)
  if (typeof found === 'number') return found
  const { inode, name } = found
  if (!inode) return -Errno.ENOENT
  const isFolder = inode.content.kind === 'directory'
  if ((flags & At.REMOVEDIR) !== 0) {
    if (!isFolder) return -Errno.ENOTDIR
    if (entriesOf(inode).size > 0) return -Errno.ENOTEMPTY
  } else if (isFolder) return -Errno.EISDIR
  entriesOf(found.folder).delete(name)
  inode.links--
  return 0
}

function rename(caller: Caller, fromFolder: bigint, from: bigint, toFolder: bigint, to: bigint): number {
  const source = find(caller, fromFolder, from, false)
  if (typeof source === 'number') return source
  const target = find(caller, toFolder, to, false)
  if (typeof target === 'number') return target
  if (!source.inode) return -Errno.ENOENT
  if (source.inode === target.inode) return 0
  if (target.inode?.content.kind === 'directory' && entriesOf(target.inode).size > 0) return -Errno.ENOTEMPTY
  entriesOf(source.folder).delete(source.name)
  entriesOf(target.folder).set(target.name, source.inode)
  if (target.inode) target.inode.links--
  return 0
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
  const target = find(caller, toFolder, to, false)
  if (typeof target === 'number') return target
  if (!source.inode) return -Errno.ENOENT
  if (target.inode) return -Errno.EEXIST
  if (source.inode.content.kind === 'directory') return -Errno.EPERM
  entriesOf(target.folder).set(target.name, source.inode)
  source.inode.links++
  return 0
}

function symlink(caller: Caller, text: bigint, folder: bigint, path: bigint): number {
  const target = readPath(caller.task, text)
  if (typeof target === 'number') return target
  const found = find(caller, folder, path, false)
  if (typeof found === 'number') return found
  if (found.inode) return -Errno.EEXIST
  caller.kernel.files.create(found.folder, found.name, found.path, 0o777, { kind: 'link', target })
  return 0
}

function readLink(caller: Caller, folder: bigint, path: bigint, buffer: bigint, size: bigint): number {
  const inode = object(caller, folder, path, At.SYMLINK_NOFOLLOW)
  if (typeof inode === 'number') return inode
  if (inode.content.kind !== 'link' || int(size) <= 0) return -Errno.EINVAL
  const bytes = new TextEncoder().encode(inode.content.target).subarray(0, int(size))
  return writeBytes(caller.task, buffer, bytes) || bytes.length
}

function chmod(call: Call): number {
  const inode = object(call, here, call.arguments[0], 0)
  if (typeof inode === 'number') return inode
  inode.mode = unsigned(call.arguments[1]) & 0o7777
  return 0
}

function umask({ task, arguments: [mask] }: Call): number {
  const old = task.folder.umask
  task.folder.umask = unsigned(mask) & 0o777
  return old
}

function noAttribute(call: Call): number {
  const inode = object(call, here, call.arguments[0], 0)
  return typeof inode === 'number' ? inode : -Errno.EOPNOTSUPP
}

/** struct linux_dirent64: inode 8, offset 8, length 2, type 1, name with NUL, padded to 8. */
function getdents({ task, arguments: [fd, buffer, size] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const { content } = file.inode
  if (content.kind !== 'directory') return -Errno.ENOTDIR
  file.listing ??= [['.', file.inode], ['..', content.parent ?? file.inode], ...content.entries]
  const bytes = new Uint8Array(Math.min(unsigned(size), 1 << 20))
  const view = new DataView(bytes.buffer)
  let used = 0
  for (; file.position < file.listing.length; file.position++) {
    const [name, inode] = file.listing[file.position]!
    const text = new TextEncoder().encode(`${name}\0`)
    const length = Math.ceil((19 + text.length) / 8) * 8
    if (used + length > bytes.length) break
    view.setBigUint64(used, BigInt(inode.number), true)
    view.setBigUint64(used + 8, BigInt(file.position + 1), true)
    view.setUint16(used + 16, length, true)
    view.setUint8(used + 18, directoryType(inode))
    bytes.set(text, used + 19)
    used += length
  }
  if (used === 0 && file.position < file.listing.length) return -Errno.EINVAL
  return writeBytes(task, buffer, bytes.subarray(0, used)) || used
}
