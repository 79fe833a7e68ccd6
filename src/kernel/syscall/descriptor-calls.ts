// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { Open } from '../fs/open-file.ts'
import { openInode } from '../fs/open-path.ts'
import { Pipe, pipeCapacity } from '../fs/pipe.ts'
import type { KernelPath } from '../kernel.ts'
import { isLockCommand, lockRange } from './lock-calls.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { writeStructure } from './user-access.ts'

const Fcntl = {
  DUPFD: 0,
  GETFD: 1,
  SETFD: 2,
  GETFL: 3,
  SETFL: 4,
  DUPFD_CLOEXEC: 1030,
  SETOWN: 8,
  GETOWN: 9,
  GETLEASE: 1025,
  SETPIPE_SZ: 1031,
  GETPIPE_SZ: 1032,
} as const
/** Flags that F_SETFL changes: O_APPEND and O_NONBLOCK. */
const settable = Open.append | Open.nonblock
/** F_UNLCK. */
const unlocked = 2

export const descriptorCalls: readonly SystemCall[] = [
  {
    number: 3,
    name: 'close',
    count: 1,
    support: 'full',
    handler: ({ task, arguments: [fd] }) => close(task, int(fd)),
  },
  { number: 22, name: 'pipe', count: 1, support: 'full', handler: call => pipe(call, 0) },
  { number: 32, name: 'dup', count: 1, support: 'full', handler: call => duplicate(call, 0, false) },
  { number: 33, name: 'dup2', count: 2, support: 'full', handler: call => duplicateTo(call, false) },
  {
    number: 72,
    name: 'fcntl',
    count: 3,
    support: 'partial',
    note: 'owners get no signals; all pipes are of one size; no leases, no seals',
    handler: fcntl,
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
    number: 436,
    name: 'close_range',
    count: 3,
    support: 'partial',
    note: 'CLOSE_RANGE_UNSHARE is refused',
    handler: closeRange,
  },
  {
    number: 293,
    name: 'pipe2',
    count: 2,
    support: 'full',
    handler: call => pipe(call, int(call.arguments[1])),
  },
]

/** POSIX: closing any descriptor of a file gives up all locks that the process has on it. */
function close(task: Call['task'], descriptor: number): number {
  task.files.get(descriptor)?.inode.locks?.clear(task.process, 0, Infinity, 'range')
  return task.files.close(descriptor)
}

function pipe({ kernel, task, arguments: [address] }: Call, flags: number): number {
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  const inode = kernel.files.stream({ kind: 'pipe', pipe: new Pipe() })
  const closes = (flags & Open.closeOnExec) !== 0
  const mode = flags & Open.nonblock
  const input = task.files.add(openInode(inode, inode.path, mode), closes)
  if (input < 0) return input
  const output = task.files.add(openInode(inode, inode.path, mode | Open.writeOnly), closes)
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
  close(task, to)
  task.files.set(to, file, closeOnExec)
  return to
}

const closesOnExec = 4

function closeRange({ task, arguments: [first, last, flags] }: Call): number {
  if ((unsigned(flags) & ~closesOnExec) !== 0 || unsigned(first) > unsigned(last)) return -Errno.EINVAL
  for (const descriptor of task.files.list()) {
    if (descriptor < unsigned(first) || descriptor > unsigned(last)) continue
    if (unsigned(flags) === closesOnExec) task.files.markCloseOnExec(descriptor, true)
    else close(task, descriptor)
  }
  return 0
}

function fcntl(call: Call): KernelPath<number> | number {
  const { task, arguments: a } = call
  const descriptor = int(a[0])
  const file = task.files.get(descriptor)
  if (!file) return -Errno.EBADF
  if (isLockCommand(int(a[1]))) return lockRange(call, file)
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
    case Fcntl.SETPIPE_SZ:
    case Fcntl.GETPIPE_SZ:
      return file.inode.content.kind === 'pipe' ? pipeCapacity : -Errno.EBADF
    case Fcntl.SETOWN:
      file.owner = int(a[2])
      return 0
    case Fcntl.GETOWN:
      return file.owner
    case Fcntl.GETLEASE:
      return unlocked
    default:
      return -Errno.EINVAL
  }
}
