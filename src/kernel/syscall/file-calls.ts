// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { release } from '../fs/descriptors.ts'
import { mostBytes, readFile, writeFile } from '../fs/file-operations.ts'
import { joinBytes } from '../fs/join-bytes.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { meetOtherEnd, openPath } from '../fs/open-path.ts'
import type { Pipe } from '../fs/pipe.ts'
import type { KernelPath } from '../kernel.ts'
import { folderAt } from './folder-at.ts'
import { poll, ppoll } from './poll.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readBytes, readPath } from './user-access.ts'

/** AT_FDCWD. */
const atWorkingFolder = BigInt.asUintN(64, -100n)

const noFlags = 'no flags'

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
    number: 7,
    name: 'poll',
    count: 3,
    support: 'partial',
    note: 'files and devices are always ready',
    handler: poll,
  },
  { number: 271, name: 'ppoll', count: 5, support: 'full', handler: ppoll },
  { number: 8, name: 'lseek', count: 3, support: 'full', handler: lseek },
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
  { number: 19, name: 'readv', count: 3, support: 'full', handler: call => readv(call) },
  {
    number: 295,
    name: 'preadv',
    count: 5,
    support: 'full',
    handler: call => readv(call, positionOf(call)),
  },
  {
    number: 296,
    name: 'pwritev',
    count: 5,
    support: 'full',
    handler: call => writev(call, positionOf(call)),
  },
  {
    number: 327,
    name: 'preadv2',
    count: 6,
    support: 'partial',
    note: noFlags,
    handler: call => flagged(call, readv),
  },
  {
    number: 328,
    name: 'pwritev2',
    count: 6,
    support: 'partial',
    note: noFlags,
    handler: call => flagged(call, writev),
  },
  { number: 20, name: 'writev', count: 3, support: 'full', handler: call => writev(call) },
  { number: 74, name: 'fsync', count: 1, support: 'stub', handler: () => 0 },
  { number: 75, name: 'fdatasync', count: 1, support: 'stub', handler: () => 0 },
  { number: 77, name: 'ftruncate', count: 2, support: 'full', handler: ftruncate },
  { number: 221, name: 'fadvise64', count: 4, support: 'stub', handler: () => 0 },
  {
    number: 85,
    name: 'creat',
    count: 2,
    support: 'full',
    handler: ({ arguments: [path, mode], ...rest }) =>
      open(rest, atWorkingFolder, path, BigInt(Open.create | Open.writeOnly | Open.truncate), mode),
  },
  {
    number: 257,
    name: 'openat',
    count: 4,
    support: 'full',
    handler: ({ arguments: [folder, path, flags, mode], ...rest }) => open(rest, folder, path, flags, mode),
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
  const bytes = yield* readFile(kernel, task, file, size, position)
  if (typeof bytes === 'number') return bytes
  const written = task.mm!.write(Number(buffer), bytes)
  if (written === bytes.length) return written
  if (position === undefined && !isStream(file)) file.position = before + written
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
  const bytes = new Uint8Array(Math.min(Number(size), mostBytes))
  const have = task.mm!.read(Number(buffer), bytes)
  if (have === 0 && bytes.length > 0) return file.writable ? -Errno.EFAULT : -Errno.EBADF
  return yield* writeFile(kernel, task, file, bytes.subarray(0, have), position)
}

function isStream({ inode: { content } }: OpenFile): boolean {
  return content.kind === 'pipe' || content.kind === 'special'
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

function positionOf({ arguments: a }: Call): number {
  return Number(BigInt.asIntN(64, a[3]))
}

/** -1 for a position means the file's own. */
function flagged(
  call: Call,
  how: (call: Call, position?: number) => KernelPath<number>,
): KernelPath<number> | number {
  if (call.arguments[5] !== 0n) return -Errno.EOPNOTSUPP
  const position = positionOf(call)
  return position === -1 ? how(call) : how(call, position)
}

function* readv(call: Call, position?: number): KernelPath<number> {
  if (position !== undefined && position < 0) return -Errno.EINVAL
  const { kernel, task } = call
  const file = task.files.get(int(call.arguments[0]))
  const list = pieces(call)
  if (!file) return -Errno.EBADF
  if (typeof list === 'number') return list
  if (isStream(file)) return yield* scatter(call, file, list)
  let total = 0
  for (const { address, size } of list) {
    if (size === 0) continue
    const got = yield* readInto(
      kernel,
      task,
      file,
      address,
      size,
      position === undefined ? undefined : position + total,
    )
    if (got < 0) return total > 0 ? total : got
    total += got
    if (got < size) break
  }
  return total
}

/** What a stream has is read at once: nobody waits for a second piece when the first one is full. */
function* scatter({ kernel, task }: Call, file: OpenFile, list: readonly Piece[]): KernelPath<number> {
  const size = list.reduce((sum, piece) => sum + piece.size, 0)
  const bytes = yield* readFile(kernel, task, file, Math.min(size, mostBytes))
  if (typeof bytes === 'number') return bytes
  let done = 0
  for (const { address, size } of list) {
    const part = bytes.subarray(done, done + size)
    const written = task.mm!.write(Number(address), part)
    done += written
    if (written < part.length) return done > 0 ? done : -Errno.EFAULT
  }
  return done
}

function* writev(call: Call, position?: number): KernelPath<number> {
  if (position !== undefined && position < 0) return -Errno.EINVAL
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
  const whole = joinBytes(parts)
  if (parts.length < list.length && whole.length === 0) return -Errno.EFAULT
  return yield* writeFile(kernel, task, file, whole, position)
}

function open(
  { kernel, task }: Omit<Call, 'arguments'>,
  folder: bigint,
  address: bigint,
  flagBits: bigint,
  mode: bigint,
): number | KernelPath<number> {
  const path = readPath(task, address)
  if (typeof path === 'number') return path
  const from = folderAt(task, folder, path)
  if (typeof from === 'number') return from
  const flags = int(flagBits)
  const permissions = unsigned(mode) & 0o7777 & ~task.folder.umask
  const file = openPath(kernel, path, from, flags, permissions)
  if (typeof file === 'number') return file
  const { content } = file.inode
  if (content.kind === 'pipe' && content.pipe.named) return openNamedPipe(task, file, content.pipe)
  return addFile(task, file)
}

function* openNamedPipe(task: Call['task'], file: OpenFile, pipe: Pipe): KernelPath<number> {
  const failure = yield* meetOtherEnd(file, pipe)
  if (failure === 0) return addFile(task, file)
  release(file)
  return failure
}

function addFile(task: Call['task'], file: OpenFile): number {
  return task.files.add(file, (file.flags & Open.closeOnExec) !== 0)
}

/** Files have no holes: data is everywhere before the end. */
const Seek = { DATA: 3, HOLE: 4 } as const

function lseek({ task, arguments: [fd, offset, whence] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const { kind } = file.inode.content
  if (isStream(file) || file.output) return -Errno.ESPIPE
  const size = file.snapshot?.length ?? file.inode.size
  const wanted = Number(BigInt.asIntN(64, offset))
  const way = unsigned(whence)
  if ((kind === 'directory' || kind === 'memory') && way > 1) return -Errno.EINVAL
  if ((way === Seek.DATA || way === Seek.HOLE) && (wanted < 0 || wanted >= size)) return -Errno.ENXIO
  const position = [wanted, file.position + wanted, size + wanted, wanted, size][way]
  if (position === undefined || position < 0) return -Errno.EINVAL
  if (kind === 'directory') file.listing = position === 0 ? undefined : file.listing
  file.position = position
  return position
}

function ftruncate({ kernel, task, arguments: [fd, size] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  if (!file.writable || !file.inode.regular || size >= 1n << 40n) return -Errno.EINVAL
  if (!kernel.chargeFile(file.inode, Number(size))) return -Errno.ENOSPC
  file.inode.truncate(Number(size))
  return 0
}
