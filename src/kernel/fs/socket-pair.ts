// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { sendToTask } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { FileType } from './inode.ts'
import { Pipe } from './pipe.ts'
import { Poll, type SpecialObject } from './special-object.ts'

/** An end of socketpair(2): a stream in each direction. */
export class SocketEnd implements SpecialObject {
  readonly name: string
  readonly type = FileType.socket
  readonly #inbox: Pipe
  readonly #outbox: Pipe

  private constructor(name: string, inbox: Pipe, outbox: Pipe) {
    this.name = name
    this.#inbox = inbox
    this.#outbox = outbox
    inbox.readers++
    outbox.writers++
  }

  static pair(name: (end: number) => string): readonly [SocketEnd, SocketEnd] {
    const [there, back] = [new Pipe(), new Pipe()]
    return [new SocketEnd(name(0), back, there), new SocketEnd(name(1), there, back)]
  }

  get activity(): number {
    return this.#inbox.activity + this.#outbox.activity
  }

  events(): number {
    const [inbox, outbox] = [this.#inbox, this.#outbox]
    const ended = inbox.writers === 0
    return (
      (inbox.held > 0 || ended ? Poll.IN : 0) |
      (outbox.room > 0 || outbox.readers === 0 ? Poll.OUT : 0) |
      (ended ? Poll.RDHUP : 0) |
      (ended && outbox.readers === 0 ? Poll.HUP : 0)
    )
  }

  read(length: number): Uint8Array | undefined {
    const inbox = this.#inbox
    if (inbox.held === 0 && inbox.writers > 0 && inbox.readers > 0 && length > 0) return undefined
    return inbox.take(length)
  }

  write(bytes: Uint8Array, task: KernelTask, quiet = false): number | undefined {
    const outbox = this.#outbox
    if (outbox.readers === 0 || outbox.writers === 0) {
      if (!quiet) sendToTask(task, { signal: Signal.SIGPIPE, code: 0, pid: task.processId, uid: 0 })
      return -Errno.EPIPE
    }
    if (bytes.length === 0) return 0
    const part = bytes.subarray(0, outbox.room)
    if (part.length === 0) return undefined
    outbox.put(part)
    return part.length
  }

  /** shutdown(2): no more reading, no more writing. */
  shutdown(reading: boolean, writing: boolean): void {
    if (reading) this.#inbox.close('reader')
    if (writing) this.#outbox.close('writer')
  }

  close(): void {
    this.shutdown(true, true)
  }
}
