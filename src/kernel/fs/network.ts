// SPDX-License-Identifier: MIT
import type { FileInode } from './inode.ts'
import type { Socket } from './socket.ts'
import type { SocketAddress } from './socket-address.ts'

/** First and last port of those that nobody asks for by number (net.ipv4.ip_local_port_range). */
const [firstPort, lastPort] = [32_768, 60_999]

/** Who has which name: all sockets of one machine, which is connected to nothing else. */
export class Network {
  readonly #paths = new Map<FileInode, Socket>()
  readonly #names = new Map<string, Socket>()
  /** By type of socket and port. */
  readonly #ports = new Map<string, Socket[]>()
  #nextPort = firstPort

  /** False where somebody has the name already. */
  bind(socket: Socket, address: SocketAddress): boolean {
    if (address.kind === 'path') this.#paths.set(address.inode, socket)
    else if (address.kind === 'abstract') {
      if (this.#names.has(address.name)) return false
      this.#names.set(address.name, socket)
    } else {
      const key = portKey(socket, address.port)
      const others = this.#ports.get(key) ?? []
      if (others.some(other => !mayShare(socket, other))) return false
      this.#ports.set(key, [...others, socket])
    }
    socket.address = address
    return true
  }

  unbind(socket: Socket): void {
    const { address } = socket
    if (address?.kind === 'path') this.#paths.delete(address.inode)
    else if (address?.kind === 'abstract') this.#names.delete(address.name)
    else if (address) {
      const key = portKey(socket, address.port)
      const others = this.#ports.get(key)?.filter(other => other !== socket) ?? []
      if (others.length > 0) this.#ports.set(key, others)
      else this.#ports.delete(key)
    }
  }

  /** Who is reached by a name: of those that share a port, whoever listens. */
  find(socket: Socket, address: SocketAddress): Socket | undefined {
    if (address.kind === 'path') return this.#paths.get(address.inode)
    if (address.kind === 'abstract') return this.#names.get(address.name)
    const all = this.#ports.get(portKey(socket, address.port)) ?? []
    return all.find(({ backlog }) => backlog) ?? all.find(other => other.datagrams)
  }

  freePort(socket: Socket): number {
    for (;;) {
      const port = this.#nextPort++
      if (this.#nextPort > lastPort) this.#nextPort = firstPort
      if (!this.#ports.has(portKey(socket, port))) return port
    }
  }

  /** A name that nobody has, for a socket of AF_UNIX that asks for any. */
  freeName(): string {
    for (let number = 1; ; number++) {
      const name = number.toString(16).padStart(5, '0')
      if (!this.#names.has(name)) return name
    }
  }
}

function portKey(socket: Socket, port: number): string {
  return `${socket.kind} ${port}`
}

/** SO_REUSEADDR of both, and nobody listens; or SO_REUSEPORT of both. */
function mayShare(one: Socket, other: Socket): boolean {
  const [address, port] = ['1 2', '1 15'].map(option =>
    [one, other].every(socket => socket.options.get(option)?.[0]),
  )
  return port === true || (address === true && !other.backlog)
}
