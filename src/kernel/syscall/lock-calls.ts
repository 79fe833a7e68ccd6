// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import { type FileLock, FileLocks } from '../fs/file-locks.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readView, writeStructure } from './user-access.ts'

const Flock = { SHARED: 1, EXCLUSIVE: 2, NONBLOCK: 4, UNLOCK: 8 } as const
const Type = { READ: 0, WRITE: 1, UNLOCK: 2 } as const
/** F_GETLK and so on, and their twins for locks of the open file (F_OFD_GETLK …). */
const Command = { GET: 5, SET: 6, WAIT: 7, fileOwned: 31 } as const

export const lockCalls: readonly SystemCall[] = [
  { number: 73, name: 'flock', count: 2, support: 'full', handler: flock },
]

/** Commands of fcntl about locks. */
export function isLockCommand(command: number): boolean {
  const own = command >= 36 ? command - Command.fileOwned : command
  return own >= Command.GET && own <= Command.WAIT
}

function* flock({ task, arguments: [fd, how] }: Call): KernelPath<number> {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const operation = int(how) & ~Flock.NONBLOCK
  const whole = { owner: file, start: 0, end: Infinity, pid: -1 }
  if (operation === Flock.UNLOCK) {
    file.inode.locks?.clear(file, 0, Infinity, 'whole')
    return 0
  }
  if (operation !== Flock.SHARED && operation !== Flock.EXCLUSIVE) return -Errno.EINVAL
  const lock = { ...whole, exclusive: operation === Flock.EXCLUSIVE }
  return yield* take(file, lock, 'whole', (int(how) & Flock.NONBLOCK) === 0)
}

/** fcntl with a struct flock: type 2, whence 2, start 8, length 8, pid 4. Locks of a process go with it, or when it closes the file. */
export function* lockRange(call: Call, file: OpenFile): KernelPath<number> {
  const { task, arguments: a } = call
  const fileOwned = int(a[1]) >= 36
  const command = fileOwned ? int(a[1]) - Command.fileOwned : int(a[1])
  const view = readView(task, a[2], 32)
  if (!view) return -Errno.EFAULT
  const type = view.getInt16(0, true)
  const range = rangeOf(view, file)
  if (typeof range === 'number') return range
  if (type < Type.READ || type > Type.UNLOCK) return -Errno.EINVAL
  if (fileOwned && view.getInt32(24, true) !== 0) return -Errno.EINVAL
  const owner = fileOwned ? file : task.process
  const lock = { ...range, owner, exclusive: type === Type.WRITE, pid: fileOwned ? -1 : task.processId }
  if (command === Command.GET) {
    const other = type === Type.UNLOCK ? undefined : file.inode.locks?.conflict(lock, 'range')
    return writeStructure(task, a[2], 32, out => fill(out, view, other))
  }
  if (type === Type.UNLOCK) {
    file.inode.locks?.clear(owner, range.start, range.end, 'range')
    return 0
  }
  if (type === Type.READ ? !file.readable : !file.writable) return -Errno.EBADF
  return yield* take(file, lock, 'range', command === Command.WAIT)
}

function rangeOf(view: DataView, file: OpenFile): { start: number; end: number } | number {
  const base = [0, file.position, file.inode.size][view.getInt16(2, true)]
  if (base === undefined) return -Errno.EINVAL
  const length = Number(view.getBigInt64(16, true))
  const first = base + Number(view.getBigInt64(8, true))
  const [start, end] =
    length < 0 ? [first + length, first] : [first, length === 0 ? Infinity : first + length]
  return start < 0 ? -Errno.EINVAL : { start, end }
}

function fill(out: DataView, asked: DataView, found: FileLock | undefined): void {
  for (let at = 0; at < 32; at += 8) out.setBigUint64(at, asked.getBigUint64(at, true), true)
  out.setInt16(0, found ? (found.exclusive ? Type.WRITE : Type.READ) : Type.UNLOCK, true)
  if (!found) return
  out.setInt16(2, 0, true)
  out.setBigInt64(8, BigInt(found.start), true)
  out.setBigInt64(16, found.end === Infinity ? 0n : BigInt(found.end - found.start), true)
  out.setInt32(24, found.pid, true)
}

function* take(file: OpenFile, lock: FileLock, kind: 'range' | 'whole', waits: boolean): KernelPath<number> {
  const locks = (file.inode.locks ??= new FileLocks())
  const free = () => locks.conflict(lock, kind) === undefined
  if (!free()) {
    if (!waits) return -Errno.EAGAIN
    yield { kind: 'sleep', reason: 'file lock', interruptible: true, ready: free }
    if (!free()) return -Restart.SYS
  }
  locks.set(lock, kind)
  return 0
}
