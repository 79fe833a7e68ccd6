// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { readFile, writeFile } from '../fs/file-operations.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { SocketEnd } from '../fs/socket-pair.ts'
import type { KernelPath } from '../kernel.ts'
import { addSpecial } from './add-special.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readBytes, writeBytes, writeStructure } from './user-access.ts'

const Family = { UNIX: 1 } as const
const Type = { STREAM: 1, mask: 0xf } as const
const Message = { DONTWAIT: 0x40, NOSIGNAL: 0x4000 } as const
const pairsOnly = 'socket pairs only: there is no network'

export const socketCalls: readonly SystemCall[] = [
  {
    number: 41,
    name: 'socket',
    count: 3,
    support: 'stub',
    note: 'there is no network',
    handler: () => -Errno.EAFNOSUPPORT,
  },
  { number: 42, name: 'connect', count: 3, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 43, name: 'accept', count: 3, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 44, name: 'sendto', count: 6, support: 'partial', note: pairsOnly, handler: send },
  { number: 45, name: 'recvfrom', count: 6, support: 'partial', note: pairsOnly, handler: receive },
  { number: 48, name: 'shutdown', count: 2, support: 'partial', note: pairsOnly, handler: shutdown },
  { number: 49, name: 'bind', count: 3, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 50, name: 'listen', count: 2, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 51, name: 'getsockname', count: 3, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 52, name: 'getpeername', count: 3, support: 'stub', note: pairsOnly, handler: noAddress },
  {
    number: 53,
    name: 'socketpair',
    count: 4,
    support: 'partial',
    note: 'AF_UNIX streams; no descriptors in messages',
    handler: socketpair,
  },
  { number: 54, name: 'setsockopt', count: 5, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 55, name: 'getsockopt', count: 5, support: 'stub', note: pairsOnly, handler: noAddress },
  { number: 288, name: 'accept4', count: 4, support: 'stub', note: pairsOnly, handler: noAddress },
]

function socketpair(call: Call): number {
  const { kernel, task, arguments: a } = call
  if (int(a[0]) !== Family.UNIX) return -Errno.EAFNOSUPPORT
  const flags = int(a[1]) & ~Type.mask
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  if ((int(a[1]) & Type.mask) !== Type.STREAM || int(a[2]) > Family.UNIX) return -Errno.EOPNOTSUPP
  const number = kernel.files.anonymous('socket', 0, { kind: 'regular' }).number
  const ends = SocketEnd.pair(end => `socket:[${number + end}]`)
  const first = addSpecial(call, ends[0], flags)
  if (first < 0) return first
  const second = addSpecial(call, ends[1], flags)
  if (second < 0) task.files.close(first)
  if (second < 0) return second
  return writeStructure(task, a[3], 8, view => {
    view.setInt32(0, first, true)
    view.setInt32(4, second, true)
  })
}

function socketOf({ task, arguments: [fd] }: Call): { file: OpenFile; end: SocketEnd } | number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const { content } = file.inode
  const end = content.kind === 'special' && content.object instanceof SocketEnd ? content.object : undefined
  return end ? { file, end } : -Errno.ENOTSOCK
}

function noAddress(call: Call): number {
  const socket = socketOf(call)
  return typeof socket === 'number' ? socket : -Errno.EOPNOTSUPP
}

function* send(call: Call): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const socket = socketOf(call)
  if (typeof socket === 'number') return socket
  const bytes = readBytes(task, a[1], Math.min(Number(a[2]), 1 << 24))
  if (!bytes) return -Errno.EFAULT
  const flags = int(a[3])
  if ((flags & Message.NOSIGNAL) !== 0 || (flags & Message.DONTWAIT) !== 0) {
    const written = socket.end.write(bytes, task, (flags & Message.NOSIGNAL) !== 0)
    if (written !== undefined) return written
    if ((flags & Message.DONTWAIT) !== 0) return -Errno.EAGAIN
  }
  return yield* writeFile(kernel, task, socket.file, bytes)
}

function* receive(call: Call): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const socket = socketOf(call)
  if (typeof socket === 'number') return socket
  const length = Math.min(Number(a[2]), 1 << 24)
  const flags = int(a[3])
  if ((flags & ~Message.DONTWAIT & ~Message.NOSIGNAL) !== 0) return -Errno.EOPNOTSUPP
  const bytes =
    (flags & Message.DONTWAIT) !== 0
      ? (socket.end.read(length) ?? -Errno.EAGAIN)
      : yield* readFile(kernel, task, socket.file, length)
  return typeof bytes === 'number' ? bytes : writeBytes(task, a[1], bytes) || bytes.length
}

function shutdown(call: Call): number {
  const socket = socketOf(call)
  if (typeof socket === 'number') return socket
  const how = int(call.arguments[1])
  if (how < 0 || how > 2) return -Errno.EINVAL
  socket.end.shutdown(how !== 1, how !== 0)
  return 0
}
