// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { type Content, FileType } from '../fs/inode.ts'
import { Pipe } from '../fs/pipe.ts'
import { directoryType } from '../fs/stat.ts'
import { type Caller, find, findFreeName, here, makeFile } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { writeBytes } from './user-access.ts'

const filesAndPipes = 'regular files and pipes'

/** The working folder of a process; folders made and listed, and what is no folder made. */
export const folderCalls: readonly SystemCall[] = [
  { number: 79, name: 'getcwd', count: 2, support: 'full', handler: getcwd },
  { number: 80, name: 'chdir', count: 1, support: 'full', handler: chdir },
  { number: 81, name: 'fchdir', count: 1, support: 'full', handler: fchdir },
  {
    number: 83,
    name: 'mkdir',
    count: 2,
    support: 'full',
    handler: c => makeFolder(c, here, c.arguments[0], c.arguments[1]),
  },
  {
    number: 133,
    name: 'mknod',
    count: 3,
    support: 'partial',
    note: filesAndPipes,
    handler: c => makeNode(c, here, c.arguments[0], c.arguments[1]),
  },
  {
    number: 259,
    name: 'mknodat',
    count: 4,
    support: 'partial',
    note: filesAndPipes,
    handler: c => makeNode(c, c.arguments[0], c.arguments[1], c.arguments[2]),
  },
  { number: 217, name: 'getdents64', count: 3, support: 'full', handler: getdents },
  {
    number: 258,
    name: 'mkdirat',
    count: 3,
    support: 'full',
    handler: c => makeFolder(c, c.arguments[0], c.arguments[1], c.arguments[2]),
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
  makeFile(caller, found, permissions, { kind: 'directory', entries: new Map(), parent: found.folder })
  return 0
}

/** Devices need a right that nobody has here. */
function makeNode(caller: Caller, folder: bigint, path: bigint, mode: bigint): number {
  const type = unsigned(mode) & 0o170000
  if (type !== 0 && type !== FileType.regular && type !== FileType.fifo) return -Errno.EPERM
  const found = findFreeName(caller, folder, path, 'other')
  if (typeof found === 'number') return found
  const permissions = unsigned(mode) & 0o7777 & ~caller.task.folder.umask
  const content: Content =
    type === FileType.fifo ? { kind: 'pipe', pipe: new Pipe(true) } : { kind: 'regular' }
  makeFile(caller, found, permissions, content)
  return 0
}

/** struct linux_dirent64: inode 8, offset 8, length 2, type 1, name with NUL, padded to 8. */
function getdents({ kernel, task, arguments: [fd, buffer, size] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (file.inode.content.kind !== 'directory') return -Errno.ENOTDIR
  file.listing ??= kernel.files.list(file.inode)
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
