// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import { release } from '../fs/descriptors.ts'
import { joinBytes } from '../fs/join-bytes.ts'
import { Open, type OpenFile } from '../fs/open-file.ts'
import { Family, type Packet, type Socket } from '../fs/socket.ts'
import { Poll } from '../fs/special-object.ts'
import type { KernelPath } from '../kernel.ts'
import { socketOf } from './socket-calls.ts'
import { type Control, closesOnExec, readRights, writeControl } from './socket-control.ts'
import {
  addressBytes,
  bindAnyPort,
  findSocket,
  pieceList,
  readAddress,
  seenAs,
  writeAddress,
} from './socket-names.ts'
import { timeLimit } from './socket-options.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readTimespec } from './time-values.ts'
import { readBytes, readView, writeBytes } from './user-access.ts'
import { waitFor } from './wait-for.ts'

const Message = {
  OOB: 1,
  PEEK: 2,
  CTRUNC: 8,
  TRUNC: 0x20,
  DONTWAIT: 0x40,
  WAITALL: 0x100,
  NOSIGNAL: 0x4000,
  WAITFORONE: 0x10000,
} as const
const mostBytes = 1 << 24

export const socketMessageCalls: readonly SystemCall[] = [
  { number: 44, name: 'sendto', count: 6, support: 'full', handler: sendto },
  { number: 45, name: 'recvfrom', count: 6, support: 'full', handler: recvfrom },
  {
    number: 46,
    name: 'sendmsg',
    count: 3,
    support: 'full',
    handler: call => sendMessage(call, call.arguments[1], int(call.arguments[2])),
  },
  {
    number: 47,
    name: 'recvmsg',
    count: 3,
    support: 'full',
    handler: call => receiveMessage(call, call.arguments[1], int(call.arguments[2])),
  },
  { number: 299, name: 'recvmmsg', count: 5, support: 'full', handler: receiveMessages },
  { number: 307, name: 'sendmmsg', count: 4, support: 'full', handler: sendMessages },
]

type Outgoing = {
  readonly bytes: Uint8Array
  readonly name: bigint
  readonly nameLength: number
  readonly rights: readonly OpenFile[]
  readonly flags: number
}

function* sendto(call: Call): KernelPath<number> {
  const { task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const bytes = readBytes(task, a[1], Math.min(Number(a[2]), mostBytes))
  if (!bytes) return -Errno.EFAULT
  return yield* send(call, found, { bytes, name: a[4], nameLength: int(a[5]), rights: [], flags: int(a[3]) })
}

function* send(
  call: Call,
  { file, socket }: { file: OpenFile; socket: Socket },
  { bytes, name, nameLength, rights, flags }: Outgoing,
): KernelPath<number> {
  if ((flags & Message.OOB) !== 0) return -Errno.EOPNOTSUPP
  const target = name === 0n || nameLength === 0 ? undefined : targetOf(call, socket, name, nameLength)
  if (typeof target === 'number') return target
  if (socket.datagrams) {
    if (socket.family !== Family.UNIX && (target ?? socket.peer ?? socket.peerAddress))
      bindAnyPort(call, socket)
    // To a port that nobody has: the answer is heard by who is connected.
    if (target === 'nobody') return bytes.length
    if (!target && !socket.peer && socket.peerAddress?.kind === 'internet') {
      const found = findSocket(call, socket, socket.peerAddress)
      if (typeof found === 'number') {
        if (socket.error !== 0) return -socket.takeError()
        socket.error = Errno.ECONNREFUSED
        return bytes.length
      }
      socket.peer = found
    }
  }
  const to = target === 'nobody' ? undefined : target
  const quiet = (flags & Message.NOSIGNAL) !== 0
  const waits = (flags & Message.DONTWAIT) === 0 && (file.flags & Open.nonblock) === 0
  const deadline = timeLimit(call, socket, 'send')
  for (let done = 0; ; ) {
    const sent = socket.send(bytes.subarray(done), done === 0 ? rights : [], to, call.task, quiet)
    if (sent !== undefined) {
      if (sent < 0) return done > 0 ? done : sent
      done += sent
      if (done >= bytes.length) return done
      continue
    }
    if (!waits) return done > 0 ? done : -Errno.EAGAIN
    const { activity } = socket
    const full = () => (to ?? socket.peer)?.isFull(socket) === true && socket.activity === activity
    const outcome = yield* waitFor(call, 'send', () => !full(), deadline)
    if (outcome === 'found') continue
    if (done > 0) return done
    return outcome === 'late' ? -Errno.EAGAIN : deadline === undefined ? -Restart.SYS : -Errno.EINTR
  }
}

/** The socket that an address of sendto leads to; `nobody` for a port of this machine that is free; -errno. */
function targetOf(
  call: Call,
  socket: Socket,
  name: bigint,
  length: number,
): Socket | 'nobody' | number | undefined {
  const given = readAddress(call, socket, name, length)
  if (typeof given === 'number') return given
  if (!socket.datagrams) {
    if (socket.family !== Family.UNIX) return undefined
    return socket.peer ? -Errno.EISCONN : -Errno.EOPNOTSUPP
  }
  const found = findSocket(call, socket, given)
  return found === -Errno.ECONNREFUSED && socket.family !== Family.UNIX ? 'nobody' : found
}

function* recvfrom(call: Call): KernelPath<number> {
  const { task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const length = Math.min(Number(a[2]), mostBytes)
  const packet = yield* receive(call, found, length, int(a[3]), timeLimit(call, found.socket, 'receive'))
  if (typeof packet === 'number') return packet
  for (const file of packet.rights) if ((int(a[3]) & Message.PEEK) === 0) release(file)
  const bytes = packet.bytes.subarray(0, length)
  const problem =
    writeBytes(task, a[1], bytes) ||
    (found.socket.datagrams ? writeAddress(call, found.socket, seenAs(packet.from), a[4], a[5]) : 0)
  return problem || counted(found.socket, packet, length, int(a[3]))
}

/** With MSG_TRUNC a message counts as a whole. */
function counted(socket: Socket, { bytes }: Packet, length: number, flags: number): number {
  return !socket.stream && (flags & Message.TRUNC) !== 0 ? bytes.length : Math.min(bytes.length, length)
}

function* receive(
  call: Call,
  { file, socket }: { file: OpenFile; socket: Socket },
  length: number,
  flags: number,
  deadline: bigint | undefined,
): KernelPath<Packet | number> {
  if ((flags & Message.OOB) !== 0) return -Errno.EINVAL
  const waits = (flags & Message.DONTWAIT) === 0 && (file.flags & Open.nonblock) === 0
  const peek = (flags & Message.PEEK) !== 0
  if (socket.datagrams && !socket.address && socket.family !== Family.UNIX) bindAnyPort(call, socket)
  const whole = socket.stream && (flags & Message.WAITALL) !== 0 && !peek && waits
  let have: Packet | undefined
  for (;;) {
    const packet = socket.receive(length - (have?.bytes.length ?? 0), peek)
    if (typeof packet === 'object') {
      const before = have?.bytes
      have = before ? { ...have!, bytes: Uint8Array.from([...before, ...packet.bytes]) } : packet
      if (!whole || have.bytes.length >= length || packet.bytes.length === 0 || have.rights.length > 0)
        return have
      continue
    }
    if (packet !== undefined) return have ?? packet
    if (!waits) return have ?? -Errno.EAGAIN
    const ready = () => (socket.events() & (Poll.IN | Poll.HUP | Poll.ERR)) !== 0
    const outcome = yield* waitFor(call, 'receive', ready, deadline)
    if (outcome === 'found') continue
    if (have) return have
    return outcome === 'late' ? -Errno.EAGAIN : deadline === undefined ? -Restart.SYS : -Errno.EINTR
  }
}

type Header = Control & {
  readonly name: bigint
  readonly nameLength: number
  readonly pieces: readonly { readonly address: bigint; readonly size: number }[]
}

/** struct msghdr, or -errno. */
function readHeader(call: Call, address: bigint): Header | number {
  const view = readView(call.task, address, 56)
  if (!view) return -Errno.EFAULT
  const pieces = pieceList(call, view.getBigUint64(16, true), Number(view.getBigUint64(24, true)))
  if (typeof pieces === 'number') return pieces
  return {
    name: view.getBigUint64(0, true),
    nameLength: view.getInt32(8, true),
    pieces,
    control: view.getBigUint64(32, true),
    controlLength: Number(view.getBigUint64(40, true)),
  }
}

function* sendMessage(call: Call, address: bigint, flags: number): KernelPath<number> {
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const header = readHeader(call, address)
  if (typeof header === 'number') return header
  const parts: Uint8Array[] = []
  for (const { address, size } of header.pieces) {
    const bytes = readBytes(call.task, address, size)
    if (!bytes) return -Errno.EFAULT
    parts.push(bytes)
  }
  const rights = readRights(call, found.socket, header)
  if (typeof rights === 'number') return rights
  return yield* send(call, found, { ...header, bytes: joinBytes(parts), rights, flags })
}

function* receiveMessage(call: Call, address: bigint, flags: number, deadline?: bigint): KernelPath<number> {
  const { task } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const header = readHeader(call, address)
  if (typeof header === 'number') return header
  const length = header.pieces.reduce((sum, { size }) => sum + size, 0)
  const limit = deadline ?? timeLimit(call, found.socket, 'receive')
  const packet = yield* receive(call, found, length, flags, limit)
  if (typeof packet === 'number') return packet
  let done = 0
  for (const { address, size } of header.pieces) {
    const part = packet.bytes.subarray(done, done + size)
    if (writeBytes(task, address, part) < 0) return -Errno.EFAULT
    done += part.length
  }
  let nameLength = 0
  if (header.name !== 0n && found.socket.datagrams && packet.from) {
    const bytes = addressBytes(found.socket, seenAs(packet.from))
    if (writeBytes(task, header.name, bytes.subarray(0, header.nameLength)) < 0) return -Errno.EFAULT
    nameLength = bytes.length
  }
  const control = writeControl(call, found.socket, header, packet, flags)
  if (control.length < 0) return control.length
  const words = new DataView(new ArrayBuffer(12))
  words.setBigUint64(0, BigInt(control.length), true)
  const cut = !found.socket.stream && packet.bytes.length > length ? Message.TRUNC : 0
  words.setInt32(8, cut | (control.cut ? Message.CTRUNC : 0) | (flags & closesOnExec), true)
  const named = new Uint8Array(Int32Array.of(nameLength).buffer)
  if (header.name !== 0n && writeBytes(task, address + 8n, named) < 0) return -Errno.EFAULT
  if (writeBytes(task, address + 40n, new Uint8Array(words.buffer)) < 0) return -Errno.EFAULT
  return counted(found.socket, packet, length, flags)
}

/** struct mmsghdr: a msghdr, and how much was moved. */
const manySize = 64n

function* sendMessages(call: Call): KernelPath<number> {
  const { task, arguments: a } = call
  const count = Math.min(unsigned(a[2]), 1024)
  for (let done = 0; done < count; done++) {
    const at = a[1] + BigInt(done) * manySize
    const sent = yield* sendMessage(call, at, int(a[3]))
    if (sent < 0) return done > 0 ? done : sent
    if (writeBytes(task, at + 56n, new Uint8Array(Int32Array.of(sent).buffer)) < 0) return -Errno.EFAULT
  }
  return count
}

function* receiveMessages(call: Call): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const count = Math.min(unsigned(a[2]), 1024)
  const time = a[4] === 0n ? undefined : readTimespec(task, a[4])
  if (typeof time === 'number') return time
  const deadline = time === undefined ? undefined : kernel.now + time
  let flags = int(a[3])
  for (let done = 0; done < count; done++) {
    const at = a[1] + BigInt(done) * manySize
    const got = yield* receiveMessage(call, at, flags & ~Message.WAITFORONE, deadline)
    if (got < 0) return done > 0 ? done : got
    if (writeBytes(task, at + 56n, new Uint8Array(Int32Array.of(got).buffer)) < 0) return -Errno.EFAULT
    if ((flags & Message.WAITFORONE) !== 0) flags |= Message.DONTWAIT
  }
  return count
}
