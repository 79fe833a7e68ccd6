// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { directoryType } from '../fs/stat.ts'
import { At, type Caller, find, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readPath, writeBytes } from './user-access.ts'

export const folderCalls: readonly SystemCall[] = [
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
  { number: 90, name: 'chmod', count: 2, support: 'full', handler: chmod },
  { number: 95, name: 'umask', count: 1, support: 'full', handler: umask },
  { number: 217, name: 'getdents64', count: 3, support: 'full', handler: getdents },
  {
    number: 258,
    name: 'mkdirat',
    count: 3,
    support: 'full',
    handler: c => makeFolder(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  {
    number: 263,
    name: 'unlinkat',
    count: 3,
    support: 'full',
    handler: c => unlink(c, c.arguments[0], c.arguments[1], int(c.arguments[2])),
  },
]

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
