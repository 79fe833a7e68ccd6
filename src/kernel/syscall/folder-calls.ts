// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Found } from '../fs/file-tree.ts'
import type { FileInode } from '../fs/inode.ts'
import { directoryType } from '../fs/stat.ts'
import { At, type Caller, find, findFreeName, findName, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readPath, writeBytes } from './user-access.ts'

const onlyRoot = 'everything belongs to root'

export const folderCalls: readonly SystemCall[] = [
  { number: 79, name: 'getcwd', count: 2, support: 'full', handler: getcwd },
  { number: 80, name: 'chdir', count: 1, support: 'full', handler: chdir },
  { number: 81, name: 'fchdir', count: 1, support: 'full', handler: fchdir },
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

function owned(inode: FileInode | number): number {
  return typeof inode === 'number' ? inode : 0
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

function fchdir({ task, arguments: [fd] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (file.inode.content.kind !== 'directory') return -Errno.ENOTDIR
  task.folder.path = file.inode.path
  return 0
}

function makeFolder(caller: Caller, folder: bigint, path: bigint, mode: bigint): number {
  const found = findFreeName(caller, folder, path, 'folder')
  if (typeof found === 'number') return found
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
  inode.links--
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
  if (moved.content.kind === 'directory') moved.content.parent = target.folder
  renamePaths(moved, target.path)
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
  source.inode.links++
  return 0
}

function symlink(caller: Caller, text: bigint, folder: bigint, path: bigint): number {
  const target = readPath(caller.task, text)
  if (typeof target === 'number') return target
  if (target === '') return -Errno.ENOENT
  const found = findFreeName(caller, folder, path, 'other')
  if (typeof found === 'number') return found
  caller.kernel.files.create(found.folder, found.name, found.path, 0o777, { kind: 'link', target })
  return 0
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
