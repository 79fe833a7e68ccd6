// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { release } from '../fs/descriptors.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { meetOtherEnd, openPath } from '../fs/open-path.ts'
import type { Pipe } from '../fs/pipe.ts'
import type { KernelPath } from '../kernel.ts'
import { folderAt } from './folder-at.ts'
import { poll, ppoll } from './poll.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readPath } from './user-access.ts'

/** AT_FDCWD. */
const atWorkingFolder = BigInt.asUintN(64, -100n)

export const fileCalls: readonly SystemCall[] = [
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
  if (file.stream || file.output) return -Errno.ESPIPE
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
