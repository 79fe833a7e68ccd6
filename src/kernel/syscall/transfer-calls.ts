// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { mostBytes, readFile, writeFile } from '../fs/file-operations.ts'
import { joinBytes } from '../fs/join-bytes.ts'
import type { OpenFile } from '../fs/open-file.ts'
import { type Pipe, wholeBuffers } from '../fs/pipe.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readBytes } from './user-access.ts'

const noFlags = 'no flags'

/** Bytes from files into user memory, and back. */
export const transferCalls: readonly SystemCall[] = [
  { number: 0, name: 'read', count: 3, support: 'full', handler: call => read(call) },
  { number: 1, name: 'write', count: 3, support: 'full', handler: call => write(call) },
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
  { number: 20, name: 'writev', count: 3, support: 'full', handler: call => writev(call) },
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
  if (file.inode.content.kind === 'pipe') return putBack(file.inode.content.pipe, bytes, written)
  if (position === undefined && !file.stream) file.position = before + written
  return written > 0 ? written : -Errno.EFAULT
}

function putBack(pipe: Pipe, bytes: Uint8Array, written: number): number {
  const passed = wholeBuffers(written)
  pipe.putBack(bytes.subarray(passed))
  return passed > 0 ? passed : -Errno.EFAULT
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
  const copied = task.mm!.read(Number(buffer), bytes)
  const have = copied < bytes.length && file.stream ? wholeBuffers(copied) : copied
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
  if (file.stream) return yield* scatter(call, file, list)
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
    if (written < part.length && file.inode.content.kind === 'pipe')
      return putBack(file.inode.content.pipe, bytes, done)
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
