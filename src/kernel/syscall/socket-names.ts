// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { Family, type Socket } from '../fs/socket.ts'
import { loopback, placeOf, type SocketAddress } from '../fs/socket-address.ts'
import type { Call } from './system-call.ts'
import { readBytes, readView, writeBytes } from './user-access.ts'

/** An address that a program gives, before anybody looks for it. */
export type GivenAddress =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'abstract'; readonly name: string }
  | { readonly kind: 'internet'; readonly host: Uint8Array; readonly port: number }
  | { readonly kind: 'none' }

const internetSize = { [Family.INET]: 16, [Family.INET6]: 28 } as Readonly<Record<number, number>>

/** A sockaddr of the family of a socket, or -errno. `none`: AF_UNSPEC, or a socket of AF_UNIX that wants any name. */
export function readAddress(
  { task }: Call,
  socket: Socket,
  address: bigint,
  length: number,
): GivenAddress | number {
  if (length < 2 || length > 128) return -Errno.EINVAL
  const view = readView(task, address, length)
  if (!view) return -Errno.EFAULT
  const family = view.getUint16(0, true)
  const bytes = new Uint8Array(view.buffer)
  if (family === 0) return { kind: 'none' }
  if (family !== socket.family) return socket.family === Family.UNIX ? -Errno.EINVAL : -Errno.EAFNOSUPPORT
  if (family === Family.UNIX) {
    if (length > 110) return -Errno.EINVAL
    if (length === 2) return { kind: 'none' }
    if (bytes[2] === 0) return { kind: 'abstract', name: latin1.decode(bytes.subarray(3)) }
    const end = bytes.indexOf(0, 2)
    return { kind: 'path', path: new TextDecoder().decode(bytes.subarray(2, end < 0 ? length : end)) }
  }
  if (length < internetSize[family]!) return -Errno.EINVAL
  const host = family === Family.INET ? bytes.slice(4, 8) : bytes.slice(8, 24)
  return { kind: 'internet', host, port: view.getUint16(2, false) }
}

/** Where an address leads: -ENOENT for a name that is not there, -ECONNREFUSED where no socket is behind it, -ENETUNREACH for other machines. */
export function findSocket({ kernel, task }: Call, socket: Socket, given: GivenAddress): Socket | number {
  if (given.kind === 'none') return -Errno.EINVAL
  let address: SocketAddress
  if (given.kind === 'path') {
    const found = kernel.files.find(given.path, task.folder.path, true)
    if (typeof found === 'number') return found
    if (!found.inode) return -Errno.ENOENT
    address = { ...given, inode: found.inode }
  } else {
    if (given.kind === 'internet' && !placeOf(given.host)) return -Errno.ENETUNREACH
    address = given
  }
  const found = kernel.network.find(socket, address)
  if (!found) return -Errno.ECONNREFUSED
  return found.kind === socket.kind ? found : -Errno.EPROTOTYPE
}

/** Gives a socket of the internet a port of its own, where it has none yet. */
export function bindAnyPort(
  { kernel }: Call,
  socket: Socket,
  host = new Uint8Array(socket.family === Family.INET ? 4 : 16),
): void {
  if (socket.family === Family.UNIX || socket.address) return
  kernel.network.bind(socket, { kind: 'internet', host, port: kernel.network.freePort(socket) })
}

/** The address that the other end of a connection is seen by. */
export function seenAs(address: SocketAddress | undefined): SocketAddress | undefined {
  if (address?.kind !== 'internet' || placeOf(address.host) !== 'any') return address
  return { ...address, host: loopback(address.host.length === 4 ? 4 : 16) }
}

/** Writes a sockaddr as far as there is room for it, and its whole length. 0 or -errno. */
export function writeAddress(
  call: Call,
  socket: Socket,
  address: SocketAddress | undefined,
  buffer: bigint,
  lengthAt: bigint,
): number {
  if (buffer === 0n) return 0
  const room = readView(call.task, lengthAt, 4)?.getInt32(0, true)
  if (room === undefined) return -Errno.EFAULT
  if (room < 0) return -Errno.EINVAL
  const bytes = addressBytes(socket, address)
  const length = new Uint8Array(Int32Array.of(bytes.length).buffer)
  return writeBytes(call.task, buffer, bytes.subarray(0, room)) || writeBytes(call.task, lengthAt, length)
}

export function addressBytes(socket: Socket, address: SocketAddress | undefined): Uint8Array {
  const family = [socket.family, 0]
  if (address?.kind === 'path')
    return Uint8Array.from([...family, ...new TextEncoder().encode(address.path), 0])
  if (address?.kind === 'abstract')
    return Uint8Array.from([...family, 0, ...[...address.name].map(letter => letter.charCodeAt(0))])
  if (socket.family === Family.UNIX) return Uint8Array.from(family)
  const bytes = new Uint8Array(internetSize[socket.family]!)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, socket.family, true)
  if (!address) return bytes
  view.setUint16(2, address.port, false)
  bytes.set(
    address.host.length === (socket.family === Family.INET ? 4 : 16) ? address.host : otherForm(address.host),
    socket.family === Family.INET ? 4 : 8,
  )
  return bytes
}

/** An IPv4 address as IPv6 shows it, and back. */
function otherForm(host: Uint8Array): Uint8Array {
  if (host.length === 16) return host.slice(12)
  return Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, ...host])
}

const latin1 = { decode: (bytes: Uint8Array): string => String.fromCharCode(...bytes) }

/** Bytes of a list of iovec, each with where it lies; -errno. */
export function pieceList(
  { task }: Call,
  address: bigint,
  count: number,
): { readonly address: bigint; readonly size: number }[] | number {
  if (count < 0 || count > 1024) return -Errno.EMSGSIZE
  const bytes = readBytes(task, address, count * 16)
  if (!bytes) return -Errno.EFAULT
  const words = new BigUint64Array(bytes.buffer)
  return Array.from({ length: count }, (_, at) => ({
    address: words[at * 2]!,
    size: Math.min(Number(words[at * 2 + 1]!), 1 << 24),
  }))
}
