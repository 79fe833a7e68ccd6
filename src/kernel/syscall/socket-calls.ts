// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { Family, Socket, SocketType } from '../fs/socket.ts'
import { placeOf } from '../fs/socket-address.ts'
import type { KernelPath } from '../kernel.ts'
import { addSpecial } from './add-special.ts'
import { makeFile } from './path-arguments.ts'
import { bindAnyPort, findSocket, readAddress, seenAs, writeAddress } from './socket-names.ts'
import { timeLimit } from './socket-options.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { writeStructure } from './user-access.ts'
import { waitFor } from './wait-for.ts'

const typeMask = 0xf
const ownMachine = 'AF_UNIX, and TCP and UDP within the machine'
const mostWaiting = 4096

export const socketCalls: readonly SystemCall[] = [
  { number: 41, name: 'socket', count: 3, support: 'partial', note: ownMachine, handler: socket },
  { number: 42, name: 'connect', count: 3, support: 'partial', note: ownMachine, handler: connect },
  { number: 43, name: 'accept', count: 3, support: 'full', handler: call => accept(call, 0) },
  { number: 48, name: 'shutdown', count: 2, support: 'full', handler: shutdown },
  { number: 49, name: 'bind', count: 3, support: 'full', handler: bind },
  { number: 50, name: 'listen', count: 2, support: 'full', handler: listen },
  {
    number: 51,
    name: 'getsockname',
    count: 3,
    support: 'full',
    handler: call => {
      const found = socketOf(call)
      if (typeof found === 'number') return found
      return writeAddress(call, found.socket, found.socket.address, call.arguments[1], call.arguments[2])
    },
  },
  {
    number: 52,
    name: 'getpeername',
    count: 3,
    support: 'full',
    handler: call => {
      const found = socketOf(call)
      if (typeof found === 'number') return found
      const { peer, peerAddress } = found.socket
      if (!peer) return -Errno.ENOTCONN
      return writeAddress(call, found.socket, seenAs(peerAddress), call.arguments[1], call.arguments[2])
    },
  },
  { number: 53, name: 'socketpair', count: 4, support: 'full', handler: socketpair },
  {
    number: 288,
    name: 'accept4',
    count: 4,
    support: 'full',
    handler: call => accept(call, int(call.arguments[3])),
  },
]

export function socketOf({ task, arguments: [fd] }: Call): { file: OpenFile; socket: Socket } | number {
  const file = task.files.get(int(fd))
  if (!file) return -Errno.EBADF
  const { content } = file.inode
  const object = content.kind === 'special' && content.object instanceof Socket ? content.object : undefined
  return object ? { file, socket: object } : -Errno.ENOTSOCK
}

/** Whether there are sockets of a family, type and protocol: 0 or -errno. */
function refuses(family: number, type: number, protocol: number): number {
  if (family === Family.UNIX) {
    if (protocol > Family.UNIX) return -Errno.EPROTONOSUPPORT
    return (Object.values(SocketType) as number[]).includes(type) ? 0 : -Errno.ESOCKTNOSUPPORT
  }
  if (family !== Family.INET && family !== Family.INET6) return -Errno.EAFNOSUPPORT
  if (type !== SocketType.STREAM && type !== SocketType.DGRAM) return -Errno.ESOCKTNOSUPPORT
  return protocol === 0 || protocol === (type === SocketType.STREAM ? 6 : 17) ? 0 : -Errno.EPROTONOSUPPORT
}

function make({ kernel, task }: Call, family: number, type: number): Socket {
  const { number } = kernel.files.anonymous('socket', 0, { kind: 'regular' })
  return new Socket(kernel.network, `socket:[${number}]`, family, type, task.processId)
}

function socket(call: Call): number {
  const [family, type, protocol] = call.arguments.map(int) as [number, number, number]
  const flags = type & ~typeMask
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  return (
    refuses(family, type & typeMask, protocol) || addSpecial(call, make(call, family, type & typeMask), flags)
  )
}

function socketpair(call: Call): number {
  const { task, arguments: a } = call
  const [family, type, protocol] = a.map(int) as [number, number, number]
  const flags = type & ~typeMask
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  const problem = refuses(family, type & typeMask, protocol)
  if (problem < 0) return problem
  if (family !== Family.UNIX) return -Errno.EOPNOTSUPP
  const ends = [0, 1].map(() => make(call, family, type & typeMask)) as [Socket, Socket]
  Socket.join(...ends)
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

function bind(call: Call): number {
  const { kernel, task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const { socket } = found
  const given = readAddress(call, socket, a[1], int(a[2]))
  if (typeof given === 'number') return given
  if (socket.address) return -Errno.EINVAL
  const { network } = kernel
  if (given.kind === 'none') {
    if (socket.family !== Family.UNIX) return -Errno.EAFNOSUPPORT
    network.bind(socket, { kind: 'abstract', name: network.freeName() })
    return 0
  }
  if (given.kind === 'path') {
    const place = kernel.files.findName(given.path, task.folder.path)
    if (typeof place === 'number') return place
    if (place.last !== 'name' || place.inode) return -Errno.EADDRINUSE
    if (place.folder.readOnly) return -Errno.EROFS
    makeFile(call, place, 0o777 & ~task.folder.umask, { kind: 'socket' })
    const inode = kernel.files.lookup(place.path)
    if (typeof inode === 'number') return inode
    network.bind(socket, { ...given, inode })
    return 0
  }
  if (given.kind === 'internet' && !placeOf(given.host)) return -Errno.EADDRNOTAVAIL
  const address =
    given.kind === 'internet' && given.port === 0 ? { ...given, port: network.freePort(socket) } : given
  return network.bind(socket, address) ? 0 : -Errno.EADDRINUSE
}

function listen(call: Call): number {
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const { socket } = found
  if (socket.datagrams) return -Errno.EOPNOTSUPP
  if (socket.peer || (socket.family === Family.UNIX && !socket.address)) return -Errno.EINVAL
  bindAnyPort(call, socket)
  socket.owner = call.task.processId
  socket.backlog ??= []
  const length = int(call.arguments[1])
  socket.mostWaiting = length < 0 || length > mostWaiting ? mostWaiting : length
  return 0
}

function* connect(call: Call): KernelPath<number> {
  const { task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const { socket, file } = found
  const given = readAddress(call, socket, a[1], int(a[2]))
  if (typeof given === 'number') return given
  if (given.kind === 'none' && socket.datagrams) {
    socket.peer = socket.peerAddress = undefined
    return 0
  }
  if (socket.backlog) return socket.family === Family.UNIX ? -Errno.EINVAL : -Errno.EISCONN
  if (socket.connecting) {
    socket.connecting = false
    return socket.error === 0 ? 0 : -socket.takeError()
  }
  if (socket.peer && !socket.datagrams) return -Errno.EISCONN
  const nonblock = (file.flags & Open.nonblock) !== 0
  const inUnix = socket.family === Family.UNIX
  const deadline = timeLimit(call, socket, 'send')
  for (;;) {
    const target = findSocket(call, socket, given)
    if (!inUnix && (typeof target === 'object' || target === -Errno.ECONNREFUSED)) bindAnyPort(call, socket)
    if (socket.datagrams) return connectDatagrams(socket, target, given)
    if (typeof target === 'number' || !target.backlog) {
      const error = typeof target === 'number' ? -target : Errno.ECONNREFUSED
      if (inUnix || !nonblock || error !== Errno.ECONNREFUSED) return -error
      socket.error = error
      socket.connecting = true
      return -Errno.EINPROGRESS
    }
    const { backlog, mostWaiting } = target
    const hasRoom = () => backlog.length <= mostWaiting || target.backlog !== backlog
    if (hasRoom()) {
      meet(call, socket, target)
      socket.connecting = !inUnix && nonblock
      return socket.connecting ? -Errno.EINPROGRESS : 0
    }
    if (nonblock) return inUnix ? -Errno.EAGAIN : -Errno.EINPROGRESS
    const outcome = yield* waitFor(call, `connect of ${task.name}`, hasRoom, deadline)
    if (outcome === 'late') return inUnix ? -Errno.EAGAIN : -Errno.ETIMEDOUT
    if (outcome === 'interrupted') return deadline === undefined ? -Restart.SYS : -Errno.EINTR
  }
}

/** Datagrams of the internet need nobody at the other end. */
function connectDatagrams(
  socket: Socket,
  target: Socket | number,
  given: Exclude<ReturnType<typeof readAddress>, number>,
): number {
  if (typeof target === 'object') {
    if (socket.family === Family.UNIX && target.peer && target.peer !== socket) return -Errno.EPERM
    socket.peer = target
    socket.peerAddress = given.kind === 'internet' ? given : target.address
    return 0
  }
  if (target !== -Errno.ECONNREFUSED || given.kind !== 'internet') return target
  socket.peerAddress = given
  socket.peer = undefined
  return 0
}

/** A new connection waits to be accepted. */
function meet(call: Call, socket: Socket, target: Socket): void {
  const end = make(call, socket.family, socket.kind)
  end.owner = target.owner
  socket.owner = call.task.processId
  end.address = target.address
  for (const [name, value] of target.options) end.options.set(name, value)
  Socket.join(socket, end)
  target.backlog!.push(end)
  target.activity++
}

function* accept(call: Call, flags: number): KernelPath<number> {
  const { arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  if ((flags & ~(Open.closeOnExec | Open.nonblock)) !== 0) return -Errno.EINVAL
  const { socket, file } = found
  if (socket.datagrams) return -Errno.EOPNOTSUPP
  const { backlog } = socket
  if (!backlog) return -Errno.EINVAL
  if (backlog.length === 0 && (file.flags & Open.nonblock) !== 0) return -Errno.EAGAIN
  const deadline = timeLimit(call, socket, 'receive')
  const outcome = yield* waitFor(call, 'accept', () => backlog.length > 0, deadline)
  if (outcome === 'late') return -Errno.EAGAIN
  if (outcome === 'interrupted') return deadline === undefined ? -Restart.SYS : -Errno.EINTR
  const end = backlog.shift()!
  socket.activity++
  const descriptor = addSpecial(call, end, flags)
  if (descriptor < 0) {
    end.close()
    return descriptor
  }
  const problem = writeAddress(call, end, seenAs(end.peerAddress), a[1], a[2])
  if (problem < 0) call.task.files.close(descriptor)
  return problem || descriptor
}

function shutdown(call: Call): number {
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const how = int(call.arguments[1])
  if (how < 0 || how > 2) return -Errno.EINVAL
  const { socket } = found
  if (!socket.peer && !socket.backlog && (!socket.datagrams || socket.family !== Family.UNIX))
    return -Errno.ENOTCONN
  socket.shutdown(how !== 1, how !== 0)
  return 0
}
