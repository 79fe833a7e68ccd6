// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { Mm } from '../mm/mm.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { type Key, keyOf, LockWord, readWord, writeWord } from './futex-words.ts'
import { LockFutexes } from './lock-futexes.ts'

type Waiter = {
  key: object
  offset: number
  readonly task: KernelTask
  readonly mask: number
  woken: boolean
}
/** ROBUST_LIST_LIMIT. */
const mostRobust = 2048

/** All tasks that wait for words of memory: those of one word in the order in which they came. */
export class Futexes {
  readonly locks = new LockFutexes()
  readonly #queues = new Map<object, Map<number, Set<Waiter>>>()

  /** Wakes up to `count` waiters whose mask has a bit of `mask`: how many. */
  wake(mm: Mm, address: number, count: number, mask: number): number {
    let woken = 0
    for (const waiter of this.#queueOf(keyOf(mm, address)) ?? []) {
      if (woken >= count) break
      if ((waiter.mask & mask) === 0) continue
      waiter.woken = true
      waiter.task.notice()
      this.#remove(waiter)
      woken++
    }
    return woken
  }

  /** FUTEX_WAIT and WAIT_BITSET: 0 when woken, -EAGAIN when the word has another value, -ETIMEDOUT, -EFAULT. */
  *wait(
    kernel: KernelCore,
    task: KernelTask,
    address: number,
    value: number,
    mask: number,
    deadline: bigint | undefined,
  ): KernelPath<number> {
    const mm = task.mm!
    if (address % 4 !== 0 || mask === 0) return -Errno.EINVAL
    const now = readWord(mm, address)
    if (now === undefined) return -Errno.EFAULT
    if (now !== value) return -Errno.EAGAIN
    const waiter: Waiter = { ...keyOf(mm, address), task, mask, woken: false }
    this.#add(waiter)
    yield {
      kind: 'sleep',
      reason: 'futex',
      interruptible: true,
      quiet: true,
      ready: () => waiter.woken || (deadline !== undefined && kernel.now >= deadline),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (waiter.woken) return 0
    this.#remove(waiter)
    if (deadline !== undefined && kernel.now >= deadline) return -Errno.ETIMEDOUT
    return deadline === undefined ? -Restart.SYS : -Restart.BLOCK
  }

  /** Wakes up to `wake` waiters and lets up to `move` others wait for another word: how many were woken and moved. */
  requeue(
    mm: Mm,
    address: number,
    target: number,
    wake: number,
    move: number,
  ): { readonly woken: number; readonly moved: number } {
    const from = keyOf(mm, address)
    const to = keyOf(mm, target)
    const woken = this.wake(mm, address, wake, 0xffff_ffff)
    const moving = [...(this.#queueOf(from) ?? [])].slice(0, move)
    for (const waiter of moving) {
      this.#remove(waiter)
      waiter.key = to.key
      waiter.offset = to.offset
      this.#add(waiter)
    }
    return { woken, moved: moving.length }
  }

  #queueOf({ key, offset }: Key): Set<Waiter> | undefined {
    return this.#queues.get(key)?.get(offset)
  }

  #add(waiter: Waiter): void {
    const { key, offset } = waiter
    let words = this.#queues.get(key)
    if (!words) this.#queues.set(key, (words = new Map()))
    const queue = words.get(offset)
    if (queue) queue.add(waiter)
    else words.set(offset, new Set([waiter]))
  }

  #remove(waiter: Waiter): void {
    const words = this.#queues.get(waiter.key)
    const queue = words?.get(waiter.offset)
    queue?.delete(waiter)
    if (queue?.size === 0) words!.delete(waiter.offset)
    if (words?.size === 0) this.#queues.delete(waiter.key)
  }

  /** Tells those who wait for the robust locks of a dying task that their owner is gone. */
  releaseRobustList(task: KernelTask): void {
    const mm = task.mm!
    const head = Number(task.robustList)
    task.robustList = 0n
    if (head === 0) return
    const offset = readLong(mm, head + 8)
    const pending = readLong(mm, head + 16)
    if (offset === undefined) return
    // The offset is signed, and bit 0 of an entry marks a lock with priority inheritance.
    const lockOf = (entry: bigint) => Number(BigInt.asUintN(64, (entry & ~1n) + offset))
    let entry = readLong(mm, head)
    for (let count = 0; entry !== undefined && Number(entry) !== head && count < mostRobust; count++) {
      if (entry !== pending) this.#ownerDied(task, lockOf(entry))
      entry = readLong(mm, Number(entry & ~1n))
    }
    if (pending) this.#ownerDied(task, lockOf(pending))
  }

  #ownerDied(task: KernelTask, address: number): void {
    const mm = task.mm!
    const value = readWord(mm, address)
    if (value === undefined || (value & LockWord.owner) !== task.id) return
    if (this.locks.handOn(mm, address, LockWord.ownerDied)) return
    writeWord(mm, address, (value & LockWord.waiters) | LockWord.ownerDied)
    if ((value & LockWord.waiters) !== 0) this.wake(mm, address, 1, 0xffff_ffff)
  }
}

function readLong(mm: Mm, address: number): bigint | undefined {
  const bytes = new Uint8Array(8)
  return mm.read(address, bytes) === 8 ? new DataView(bytes.buffer).getBigUint64(0, true) : undefined
}
