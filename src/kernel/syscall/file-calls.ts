// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { mostBytes, readFile, writeFile } from '../fs/file-operations.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { openInode, openPath } from '../fs/open-path.ts'
import { Pipe } from '../fs/pipe.ts'
import type { KernelPath } from '../kernel.ts'
import { folderAt } from './folder-at.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readBytes, readPath, writeBytes, writeStructure } from './user-access.ts'

const Fcntl = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  DUPFD_CLOEXEC: 1030,
} as const
/** Flags that F_SETFL changes: O_APPEND and O_NONBLOCK. */
const settable = Open.append | Open.nonblock
/** AT_FDCWD. */
const atWorkingFolder = BigInt.asUintN(64, -100n)

export const fileCalls: readonly SystemCall[] = [
  { number: 0, name: 'read', count: 3, support: 'full', handler: call => read(call) },
  { number: 1, name: 'write', count: 3, support: 'full', handler: call => write(call) },
  {
    number: 2,
    name: 'open',
    count: 3,
    support: 'full',
    handler: ({ arguments: [path, flags, mode], ...rest }) => open(rest, atWorkingFolder, path, flags, mode),
  },
  {
    number: 3,
    name: 'close',
    count: 1,
    support: 'full',
    handler: ({ task, arguments: [fd] }) => task.files.close(int(fd)),
  },
  {
    number: 7,
    name: 'poll',
    count: 3,
    support: 'partial',
    note: 'files and devices are always ready',
    handler: poll,
  },
  { number: 8, name: 'lseek', count: 3, support: 'full', handler: lseek },
  {
    number: 16,
    name: 'ioctl',
    count: 3,
    support: 'stub',
    note: 'no descriptor is a terminal',
    handler: ioctl,
  },
  {
    number: 17,
    name: 'pread64',
    count: 4,
    support: 'full',
    handler: call => read(call, Number(BigInt.asIntN(64, call.arguments[3]))),
  },
  {
    number: 18,
    name: 'pwrite64',
    count: 4,
    support: 'full',
    handler: call => write(call, Number(BigInt.asIntN(64, call.arguments[3]))),
  },
  { number: 19, name: 'readv', count: 3, support: 'full', handler: readv },
  { number: 20, name: 'writev', count: 3, support: 'full', handler: writev },
  { number: 22, name: 'pipe', count: 1, support: 'full', handler: call => pipe(call, 0) },
  { number: 32, name: 'dup', count: 1, support: 'full', handler: call => duplicate(call, 0, false) },
  { number: 33, name: 'dup2', count: 2, support: 'full', handler: call => duplicateTo(call, false) },
  { number: 72, name: 'fcntl', count: 3, support: 'partial', note: 'no locks, no owners', handler: fcntl },
  { number: 74, name: 'fsync', count: 1, support: 'stub', handler: () => 0 },
  { number: 77, name: 'ftruncate', count: 2, support: 'full', handler: ftruncate },
  { number: 221, name: 'fadvise64', count: 4, support: 'stub', handler: () => 0 },
  {
    number: 257,
    name: 'openat',
    count: 4,
    support: 'full',
    handler: ({ arguments: [folder, path, flags, mode], ...rest }) => open(rest, folder, path, flags, mode),
  },
  {
    number: 292,
    name: 'dup3',
    count: 3,
    support: 'full',
    handler: call =>
      call.arguments[0] === call.arguments[1]
        ? -Errno.EINVAL
        : duplicateTo(call, (int(call.arguments[2]) & Open.closeOnExec) !== 0),
  },
  {
    number: 293,
    name: 'pipe2',
    count: 2,
    support: 'full',
    handler: call => pipe(call, int(call.arguments[1])),
  },
]

function* read({ kernel, task, arguments: [fd, buffer, size] }: Call, position?: number): KernelPath<number> {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (position !== undefined && position < 0) return -Errno.EINVAL
  if (size >= 1n << 63n) return -Errno.EINVAL
  return yield* readInto(kernel, task, file, buffer, Math.min(Number(size), mostBytes), position)
}

/** What does not fit into memory that can be written stays unread. */
function* readInto(
  kernel: Call['kernel'],
  task: Call['task'],
  file: OpenFile,
  buffer: bigint,
  size: number,
  position?: number,
): KernelPath<number> {
  const before = file.position
  const bytes = yield* readFile(kernel, file, size, position)
  if (typeof bytes === 'number') return bytes
  const written = task.mm!.write(Number(buffer), bytes)
  if (written === bytes.length) return written
  if (position === undefined && file.inode.content.kind !== 'pipe') file.position = before + written
  return written > 0 ? written : -Errno.EFAULT
}

function* write(
  { kernel, task, arguments: [fd, buffer, size] }: Call,
  position?: number,
): KernelPath<number> {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (position !== undefined && position < 0) return -Errno.EINVAL
  if (size >= 1n << 63n) return -Errno.EINVAL
  const bytes = new Uint8Array(Math.min(Number(size), mostBytes, 1 << 24))
  const have = task.mm!.read(Number(buffer), bytes)
  if (have === 0 && bytes.length > 0) return file.writable ? -Errno.EFAULT : -Errno.EBADF
  return yield* writeFile(kernel, task, file, bytes.subarray(0, have), position)
}

type Piece = { readonly address: bigint; readonly size: number }

function pieces({ task, arguments: [, list, count] }: Call): Piece[] | number {
  const entries = int(count)
  if (entries < 0 || entries > 1024) return -Errno.EINVAL
  const bytes = readBytes(task, list, entries * 16)
  if (!bytes) return -Errno.EFAULT
  const words = new BigUint64Array(bytes.buffer)
  return Array.from({ length: entries }, (_, at) => ({
    address: words[at * 2]!,
    size: Math.min(Number(words[at * 2 + 1]!), mostBytes),
  }))
}

function* readv(call: Call): KernelPath<number> {
  const { kernel, task } = call
  const file = task.files.get(int(call.arguments[0]))
  const list = pieces(call)
  if (!file) return -Errno.EBADF
  if (typeof list === 'number') return list
  let total = 0
  for (const { address, size } of list) {
    if (size === 0) continue
    const got = yield* readInto(kernel, task, file, address, size)
    if (got < 0) return total > 0 ? total : got
    total += got
    if (got < size) break
  }
  return total
}

function* writev(call: Call): KernelPath<number> {
  const { kernel, task } = call
  const file = task.files.get(int(call.arguments[0]))
  const list = pieces(call)
  if (!file) return -Errno.EBADF
  if (typeof list === 'number') return list
  const parts: Uint8Array[] = []
  for (const { address, size } of list) {
    const bytes = readBytes(task, address, size)
    if (!bytes) break
    parts.push(bytes)
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  if (parts.length < list.length && whole.length === 0) return -Errno.EFAULT
  return yield* writeFile(kernel, task, file, whole)
}

function open(
  { kernel, task }: Omit<Call, 'arguments'>,
  folder: bigint,
  address: bigint,
  flagBits: bigint,
  mode: bigint,
): number {
  const path = readPath(task, address)
  if (typeof path === 'number') return path
  const from = folderAt(task, folder, path)
  if (typeof from === 'number') return from
  const flags = int(flagBits)
  const permissions = unsigned(mode) & 0o7777 & ~task.folder.umask
  const file = openPath(kernel, path, from, flags, permissions)
  return typeof file === 'number' ? file : task.files.add(file, (flags & Open.closeOnExec) !== 0)
}

function lseek({ task, arguments: [fd, offset, whence] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const { kind } = file.inode.content
  if (kind === 'pipe' || file.output) return -Errno.ESPIPE
  const size = file.snapshot?.length ?? file.inode.size
  const base = [0, file.position, size][unsigned(whence)]
  if (base === undefined) return -Errno.EINVAL
  const position = base + Number(BigInt.asIntN(64, offset))
  if (position < 0) return -Errno.EINVAL
  if (kind === 'directory') file.listing = position === 0 ? undefined : file.listing
  file.position = position
  return position
}

function ioctl({ task, arguments: [fd] }: Call): number {
  return task.files.get(int(fd)) ? -Errno.ENOTTY : -Errno.EBADF
}

function pipe({ kernel, task, arguments: [address] }: Call, flags: number): number {
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  const inode = kernel.files.anonymous('pipe', 0o600, { kind: 'pipe', pipe: new Pipe() })
  const path = `pipe:[${inode.number}]`
  const closes = (flags & Open.closeOnExec) !== 0
  const mode = flags & Open.nonblock
  const input = task.files.add(openInode(inode, path, mode), closes)
  if (input < 0) return input
  const output = task.files.add(openInode(inode, path, mode | Open.writeOnly), closes)
  if (output < 0) {
    task.files.close(input)
    return output
  }
  return writeStructure(task, address, 8, view => {
    view.setInt32(0, input, true)
    view.setInt32(4, output, true)
  })
}

function duplicate({ task, arguments: [fd] }: Call, from: number, closeOnExec: boolean): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const descriptor = task.files.add(file, closeOnExec, from)
  if (descriptor >= 0) file.references++
  return descriptor
}

function duplicateTo({ kernel, task, arguments: [fd, target] }: Call, closeOnExec: boolean): number {
  const file = task.files.get(int(fd))
  const to = int(target)
  if (!file || to < 0 || to >= kernel.limits.openFiles) return -Errno.EBADF
  if (to === int(fd)) return to
  file.references++
  task.files.close(to)
  task.files.set(to, file, closeOnExec)
  return to
}

function fcntl(call: Call): number {
  const { task, arguments: a } = call
  const descriptor = int(a[0])
  const file = task.files.get(descriptor)
  if (!file) return -Errno.EBADF
  switch (int(a[1])) {
    case Fcntl.DUPFD:
      return duplicate(call, int(a[2]), false)
    case Fcntl.DUPFD_CLOEXEC:
      return duplicate(call, int(a[2]), true)
    case Fcntl.GETFD:
      return task.files.closesOnExec(descriptor) ? 1 : 0
    case Fcntl.SETFD:
      task.files.markCloseOnExec(descriptor, (int(a[2]) & 1) !== 0)
      return 0
    case Fcntl.GETFL:
      return file.flags & ~(Open.create | Open.exclusive | Open.truncate | Open.closeOnExec)
    case Fcntl.SETFL:
      file.flags = (file.flags & ~settable) | (int(a[2]) & settable)
      return 0
    default:
      return -Errno.EINVAL
  }
}

function ftruncate({ kernel, task, arguments: [fd, size] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (!file.writable || !file.inode.regular || size >= 1n << 40n) return -Errno.EINVAL
  if (!kernel.chargeFile(file.inode, Number(size))) return -Errno.ENOSPC
  file.inode.truncate(Number(size))
  return 0
}

const Poll = { IN: 1, OUT: 4, ERR: 8, HUP: 16, NVAL: 32 } as const

function* poll({ kernel, task, arguments: [list, count, timeout] }: Call): KernelPath<number> {
  const entries = unsigned(count)
  if (entries > kernel.limits.openFiles) return -Errno.EINVAL
  const bytes = readBytes(task, list, entries * 8)
  if (!bytes) return -Errno.EFAULT
  const view = new DataView(bytes.buffer)
  const look = () => {
    let found = 0
    for (let at = 0; at < entries * 8; at += 8) {
      const wanted = view.getUint16(at + 4, true) | Poll.ERR | Poll.HUP | Poll.NVAL
      const descriptor = view.getInt32(at, true)
      const now = descriptor < 0 ? 0 : pollEvents(task.files.get(descriptor)) & wanted
      view.setUint16(at + 6, now, true)
      if (now !== 0) found++
    }
    return found
  }
  const milliseconds = int(timeout)
  if (look() === 0 && milliseconds !== 0) {
    const deadline = milliseconds < 0 ? undefined : kernel.now + BigInt(milliseconds) * 1_000_000n
    const late = () => deadline !== undefined && kernel.now >= deadline
    yield {
      kind: 'sleep',
      reason: 'poll',
      interruptible: true,
      ready: () => look() > 0 || late(),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (look() === 0 && !late()) return -Errno.EINTR
  }
  const found = look()
  return writeBytes(task, list, bytes) < 0 ? -Errno.EFAULT : found
}

function pollEvents(file: OpenFile | undefined): number {
  if (!file) return Poll.NVAL
  if (file.inode.content.kind !== 'pipe') return Poll.IN | Poll.OUT
  const { pipe: ends } = file.inode.content
  if (file.writable) return (ends.room > 0 ? Poll.OUT : 0) | (ends.readers === 0 ? Poll.ERR : 0)
  return (ends.held > 0 ? Poll.IN : 0) | (ends.writers === 0 ? Poll.HUP : 0)
}
