// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { Family, type Socket, SocketType } from '../fs/socket.ts'
import { socketOf } from './socket-calls.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { second } from './time-values.ts'
import { readBytes, readView, writeBytes } from './user-access.ts'

const kept = 'kept and told again; timeouts, SO_REUSEADDR, SO_REUSEPORT and SO_PASSCRED have an effect'

export const socketOptionCalls: readonly SystemCall[] = [
  { number: 54, name: 'setsockopt', count: 5, support: 'partial', note: kept, handler: set },
  { number: 55, name: 'getsockopt', count: 5, support: 'partial', note: kept, handler: get },
]

/** SOL_SOCKET and its options. */
const [ofSocket, TYPE, ERROR, SNDBUF, RCVBUF, PASSCRED, PEERCRED] = [1, 3, 4, 7, 8, 16, 17]
const [RCVTIMEO, SNDTIMEO, ACCEPTCONN, PROTOCOL, DOMAIN] = [20, 21, 30, 38, 39]
const onlyTold = new Set([TYPE, ERROR, PEERCRED, ACCEPTCONN, PROTOCOL, DOMAIN])
/** IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6. */
const levels = new Set([0, 6, 17, 41])
const usualBuffer = 212_992
const leastBuffer = 2304

/** When a call on the socket has waited for too long (SO_RCVTIMEO, SO_SNDTIMEO). */
export function timeLimit({ kernel }: Call, socket: Socket, way: 'receive' | 'send'): bigint | undefined {
  const value = socket.options.get(`${ofSocket} ${way === 'receive' ? RCVTIMEO : SNDTIMEO}`)
  if (!value) return undefined
  const view = new DataView(value.buffer)
  const time = view.getBigInt64(0, true) * second + view.getBigInt64(8, true) * 1000n
  return time === 0n ? undefined : kernel.now + time
}

export function passesCredentials(socket: Socket): boolean {
  return (socket.options.get(`${ofSocket} ${PASSCRED}`)?.[0] ?? 0) !== 0
}

function set(call: Call): number {
  const { task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const { socket } = found
  const [level, name, length] = [int(a[1]), int(a[2]), int(a[4])]
  if (length < 0) return -Errno.EINVAL
  if (level !== ofSocket && (socket.family === Family.UNIX || !levels.has(level))) return -Errno.EOPNOTSUPP
  if (level === ofSocket && onlyTold.has(name)) return -Errno.ENOPROTOOPT
  const isTime = level === ofSocket && (name === RCVTIMEO || name === SNDTIMEO)
  if (length < (isTime ? 16 : 4)) return -Errno.EINVAL
  const bytes = readBytes(task, a[3], Math.min(length, 256))
  if (!bytes) return -Errno.EFAULT
  if (level === ofSocket && (name === SNDBUF || name === RCVBUF)) {
    const view = new DataView(bytes.buffer)
    view.setInt32(0, Math.max(leastBuffer, Math.min(view.getInt32(0, true), usualBuffer) * 2), true)
  }
  socket.options.set(`${level} ${name}`, bytes)
  return 0
}

function get(call: Call): number {
  const { task, arguments: a } = call
  const found = socketOf(call)
  if (typeof found === 'number') return found
  const { socket } = found
  const [level, name] = [int(a[1]), int(a[2])]
  const room = readView(task, a[4], 4)?.getInt32(0, true)
  if (room === undefined) return -Errno.EFAULT
  if (room < 0) return -Errno.EINVAL
  if (level !== ofSocket && (socket.family === Family.UNIX || !levels.has(level))) return -Errno.EOPNOTSUPP
  const value =
    (level === ofSocket ? told(socket, name) : undefined) ??
    socket.options.get(`${level} ${name}`) ??
    numbers(0)
  if (typeof value === 'number') return value
  const bytes = value.subarray(0, room)
  return writeBytes(task, a[3], bytes) || writeBytes(task, a[4], numbers(bytes.length))
}

function told(socket: Socket, name: number): Uint8Array | number | undefined {
  switch (name) {
    case TYPE:
      return numbers(socket.kind)
    case ERROR:
      return numbers(socket.takeError())
    case DOMAIN:
      return numbers(socket.family)
    case ACCEPTCONN:
      return numbers(socket.backlog ? 1 : 0)
    case PROTOCOL:
      if (socket.family === Family.UNIX) return numbers(0)
      return numbers(socket.kind === SocketType.STREAM ? 6 : 17)
    case PEERCRED:
      return socket.peerOwner === undefined ? numbers(0, -1, -1) : numbers(socket.peerOwner, 0, 0)
    case SNDBUF:
    case RCVBUF:
      return socket.options.get(`${ofSocket} ${name}`) ?? numbers(usualBuffer)
    case RCVTIMEO:
    case SNDTIMEO:
      return socket.options.get(`${ofSocket} ${name}`) ?? new Uint8Array(16)
    default:
      return undefined
  }
}

function numbers(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer)
}
