// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { sendToTask } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { release } from './descriptors.ts'
import { FileType } from './inode.ts'
import { joinBytes } from './join-bytes.ts'
import type { Network } from './network.ts'
import type { OpenFile } from './open-file.ts'
import type { SocketAddress } from './socket-address.ts'
import { Poll, type SpecialObject } from './special-object.ts'

export const Family = { UNIX: 1, INET: 2, INET6: 10 } as const
export const SocketType = { STREAM: 1, DGRAM: 2, SEQPACKET: 5 } as const

/** Bytes that wait for a reader before writers sleep. */
const inboxCapacity = 212_992
/** Datagrams that wait at a socket of AF_UNIX (net.unix.max_dgram_qlen). */
const mostDatagrams = 10

/** What arrives at once: part of a stream, or a message. With descriptors (SCM_RIGHTS), which the queue keeps open. */
export type Packet = {
  readonly bytes: Uint8Array
  readonly from: SocketAddress | undefined
  readonly rights: readonly OpenFile[]
  readonly sender: number
}

/** A socket of this machine: everything that it can reach is here as well. */
export class Socket implements SpecialObject {
  readonly name: string
  readonly type = FileType.socket
  readonly family: number
  readonly kind: number
  activity = 0
  address: SocketAddress | undefined
  /** The other end of a connection, or where datagrams go and come from. */
  peer: Socket | undefined
  peerAddress: SocketAddress | undefined
  /** Process that has made, listened at or connected it: what the other end hears of by SO_PEERCRED. */
  owner: number
  peerOwner: number | undefined
  /** Connections that nobody has accepted yet, while it listens, and how many there may be. */
  backlog: Socket[] | undefined
  mostWaiting = 0
  /** A connection that was begun without waiting has not been asked after. */
  connecting = false
  /** Reported once, by the next call (SO_ERROR). */
  error = 0
  /** Values of setsockopt, by level and name. */
  readonly options = new Map<string, Uint8Array>()
  readonly #network: Network
  readonly #inbox: Packet[] = []
  #held = 0
  #shutRead = false
  #shutWrite = false
  #closed = false
  /** The peer has closed its socket; without having read all that had come. */
  #left = false
  #reset = false

  constructor(network: Network, name: string, family: number, kind: number, owner: number) {
    this.#network = network
    this.name = name
    this.family = family
    this.kind = kind
    this.owner = owner
  }

  /** Connects two sockets with each other. */
  static join(one: Socket, other: Socket): void {
    for (const [socket, peer] of [[one, other] as const, [other, one] as const]) {
      socket.peer = peer
      socket.peerAddress = peer.address
      socket.peerOwner = peer.owner
      socket.activity++
    }
  }

  get held(): number {
    return this.#held
  }

  /** Of the next message, or of all that has arrived of a stream (FIONREAD). */
  get readable(): number {
    return this.stream ? this.#held : (this.#inbox[0]?.bytes.length ?? 0)
  }

  get stream(): boolean {
    return this.kind === SocketType.STREAM
  }

  get datagrams(): boolean {
    return this.kind === SocketType.DGRAM
  }

  /** Nothing more will come. */
  get ended(): boolean {
    if (this.#shutRead) return true
    return !this.datagrams && this.peer !== undefined && (this.#left || this.peer.#shutWrite)
  }

  events(): number {
    if (this.backlog) return this.backlog.length > 0 ? Poll.IN : 0
    const failed = this.error !== 0 ? Poll.ERR : 0
    const input = this.#inbox.length > 0 || this.ended ? Poll.IN : 0
    if (this.datagrams)
      return failed | input | (this.peer && !this.#left && this.peer.isFull(this) ? 0 : Poll.OUT)
    if (!this.peer) return failed | Poll.OUT | Poll.HUP
    const over = this.family === Family.UNIX ? this.#left : this.#reset
    const bothWays = this.ended && (this.#shutWrite || over)
    return (
      failed |
      input |
      (this.#left || this.#shutWrite || !this.peer.isFull(this) ? Poll.OUT : 0) |
      (this.ended ? Poll.RDHUP : 0) |
      (bothWays ? Poll.HUP : 0)
    )
  }

  /** Whether a sender has to wait. Datagrams of the internet never do: what is too much is lost. */
  isFull(sender: Socket): boolean {
    if (!this.datagrams) return this.#held >= inboxCapacity
    return this.family === Family.UNIX && this.peer !== sender
      ? this.#inbox.length > mostDatagrams
      : this.family === Family.UNIX && this.#inbox.length >= mostDatagrams + 1
  }

  read(length: number): Uint8Array | number | undefined {
    const got = this.receive(length, false)
    if (typeof got !== 'object') return got
    for (const file of got.rights) release(file)
    return got.bytes.subarray(0, length)
  }

  /** A message, or up to `length` bytes of the stream: a packet whose bytes may be more than was asked for, -errno, or undefined: nothing yet. */
  receive(length: number, peek: boolean): Packet | number | undefined {
    if (this.backlog) return this.family === Family.UNIX ? -Errno.EINVAL : -Errno.ENOTCONN
    const [first] = this.#inbox
    if (!first) {
      if (this.error !== 0) return -this.takeError()
      if (this.ended) return nothing
      return this.datagrams || this.peer
        ? undefined
        : this.family === Family.UNIX
          ? -Errno.EINVAL
          : -Errno.ENOTCONN
    }
    const packet = this.stream ? this.#part(length) : first
    if (peek) return { ...packet, rights: [] }
    this.#take(packet)
    return packet
  }

  takeError(): number {
    const { error } = this
    this.error = 0
    return error
  }

  write(bytes: Uint8Array, task: KernelTask): number | undefined {
    return this.send(bytes, [], undefined, task, false)
  }

  /** Sends to the peer, or to the socket that an address has led to: bytes taken, -errno, or undefined: no room yet. */
  send(
    bytes: Uint8Array,
    rights: readonly OpenFile[],
    target: Socket | undefined,
    task: KernelTask,
    quiet: boolean,
  ): number | undefined {
    if (this.error !== 0) return -this.takeError()
    const to = target ?? this.peer
    if (this.#shutWrite) return this.#brokenPipe(task, quiet)
    if (!to)
      return this.datagrams
        ? -Errno.EDESTADDRREQ
        : this.family === Family.UNIX
          ? -Errno.ENOTCONN
          : this.#brokenPipe(task, quiet)
    if (this.datagrams) return this.#sendDatagram(to, bytes, rights, task)
    if (this.#left && this.family !== Family.UNIX) {
      // The other end answers the first bytes after its end with a reset.
      this.error = Errno.EPIPE
      this.#shutWrite = true
      return bytes.length
    }
    if (this.#left || to.#shutRead) return this.#brokenPipe(task, quiet)
    if (bytes.length === 0 && this.stream) return 0
    const room = inboxCapacity - to.#held
    if (!this.stream && bytes.length > inboxCapacity) return -Errno.EMSGSIZE
    if (room <= 0 || (!this.stream && room < bytes.length)) return undefined
    const part = bytes.slice(0, room)
    to.#put({ bytes: part, from: undefined, rights, sender: task.processId })
    this.activity++
    return part.length
  }

  /** shutdown(2): no more reading, no more writing. */
  shutdown(reading: boolean, writing: boolean): void {
    this.#shutRead ||= reading
    this.#shutWrite ||= writing
    this.activity++
    if (this.peer) this.peer.activity++
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#network.unbind(this)
    const unread = this.#inbox.length > 0
    for (const waiting of this.backlog ?? []) {
      if (waiting.peer) waiting.peer.error = Errno.ECONNRESET
      waiting.close()
    }
    for (const { rights } of this.#inbox) for (const file of rights) release(file)
    this.#inbox.length = 0
    this.shutdown(true, true)
    const { peer } = this
    if (peer?.peer !== this) return
    peer.#left = true
    if (!unread || this.datagrams) return
    peer.#reset = true
    peer.error = Errno.ECONNRESET
  }

  #sendDatagram(
    to: Socket,
    bytes: Uint8Array,
    rights: readonly OpenFile[],
    task: KernelTask,
  ): number | undefined {
    const inUnix = this.family === Family.UNIX
    if (to.#closed || to.#shutRead) {
      if (inUnix) return to.#closed ? -Errno.ECONNREFUSED : this.#brokenPipe(task, true)
      this.error = this.peer === to ? Errno.ECONNREFUSED : 0
      return bytes.length
    }
    if (bytes.length > (inUnix ? inboxCapacity : 65_507)) return -Errno.EMSGSIZE
    if (inUnix && to.isFull(this)) return undefined
    // A socket with a peer hears nobody else.
    if (to.peer && to.peer !== this) return inUnix ? -Errno.EPERM : bytes.length
    if (inUnix || to.#held + bytes.length <= inboxCapacity)
      to.#put({ bytes: bytes.slice(), from: this.address, rights, sender: task.processId })
    this.activity++
    return bytes.length
  }

  #brokenPipe(task: KernelTask, quiet: boolean): number {
    if (!quiet) sendToTask(task, { signal: Signal.SIGPIPE, code: 0, pid: task.processId, uid: 0 })
    return -Errno.EPIPE
  }

  #put(packet: Packet): void {
    for (const file of packet.rights) file.references++
    this.#inbox.push(packet)
    this.#held += packet.bytes.length
    this.activity++
  }

  /** The beginning of a stream: descriptors come with the first byte that they were sent with, and end what came before. */
  #part(length: number): Packet {
    const parts: Uint8Array[] = []
    let have = 0
    for (const [index, { bytes, rights }] of this.#inbox.entries()) {
      if (have >= length || (index > 0 && rights.length > 0)) break
      parts.push(bytes.subarray(0, length - have))
      have += parts.at(-1)!.length
      if (rights.length > 0) break
    }
    return { ...this.#inbox[0]!, bytes: joinBytes(parts) }
  }

  #take(packet: Packet): void {
    this.activity++
    if (this.peer) this.peer.activity++
    if (!this.stream) {
      this.#held -= this.#inbox.shift()!.bytes.length
      return
    }
    this.#held -= packet.bytes.length
    for (let left = packet.bytes.length; ; ) {
      const [first] = this.#inbox
      if (!first || left < first.bytes.length) {
        if (first && left > 0) this.#inbox[0] = { ...first, rights: [], bytes: first.bytes.subarray(left) }
        return
      }
      left -= first.bytes.length
      this.#inbox.shift()
      if (left === 0) return
    }
  }
}

const nothing: Packet = { bytes: new Uint8Array(0), from: undefined, rights: [], sender: 0 }
