// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { Mm } from '../mm/mm.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { keyOf, LockWord, readWord, writeWord } from './futex-words.ts'

type Waiter = {
  readonly key: object
  readonly offset: number
  readonly mm: Mm
  readonly address: number
  readonly task: KernelTask
  /** The lock has been handed to it. */
  owns: boolean
}

/**
 * Locks whose words the kernel writes (FUTEX_LOCK_PI and its siblings): the word has the owner's thread number, and who unlocks hands it
 * to the one that has waited longest. Priorities are inherited by nobody: the schedule of the run decides.
 */
export class LockFutexes {
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>()

  /** 0, -EPERM for who does not own it, -EFAULT. */
  unlock(task: KernelTask, address: number): number {
    const mm = task.mm!
    const value = readWord(mm, address)
    if (value === undefined) return -Errno.EFAULT
    if ((value & LockWord.owner) !== task.id) return -Errno.EPERM
    return this.handOn(mm, address, 0) ? 0 : writeWord(mm, address, 0)
  }

  /** 0, -EDEADLK, -ESRCH for an owner that is gone, -EAGAIN where it would wait and must not, -ETIMEDOUT, -EFAULT. */
  *lock(
    kernel: KernelCore,
    task: KernelTask,
    address: number,
    { deadline, tries }: { readonly deadline?: bigint | undefined; readonly tries: boolean },
  ): KernelPath<number> {
    const mm = task.mm!
    const value = readWord(mm, address)
    if (value === undefined) return -Errno.EFAULT
    const owner = value & LockWord.owner
    if (owner === task.id) return -Errno.EDEADLK
    if (owner === 0) return writeWord(mm, address, task.id | (value & LockWord.ownerDied))
    if (!kernel.taskById(owner)) return -Errno.ESRCH
    if (tries) return -Errno.EAGAIN
    const failure = writeWord(mm, address, value | LockWord.waiters)
    if (failure < 0) return failure
    const waiter: Waiter = { ...keyOf(mm, address), mm, address, task, owns: false }
    this.#waiters.add(waiter)
    const late = () => deadline !== undefined && kernel.now >= deadline
    yield {
      kind: 'sleep',
      reason: 'futex',
      interruptible: true,
      quiet: true,
      ready: () => waiter.owns || late(),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (waiter.owns) return 0
    this.#waiters.delete(waiter)
    return late() ? -Errno.ETIMEDOUT : -Restart.NOINTR
  }

  /** Hands a lock to the one that has waited longest, with these bits in its word. False where nobody waits. */
  handOn(mm: Mm, address: number, bits: number): boolean {
    const { key, offset } = keyOf(mm, address)
    for (const waiter of this.#waiters) {
      if (waiter.key !== key || waiter.offset !== offset) continue
      this.#waiters.delete(waiter)
      writeWord(mm, address, waiter.task.id | LockWord.waiters | bits)
      waiter.owns = true
      waiter.task.notice()
      return true
    }
    return false
  }

  /** Of a task that ends: locks that somebody waits for go on to them; the others keep the number of who is gone. */
  releaseAll(task: KernelTask): void {
    for (const { mm, address } of [...this.#waiters]) {
      const value = readWord(mm, address)
      if (value !== undefined && (value & LockWord.owner) === task.id)
        this.handOn(mm, address, LockWord.ownerDied)
    }
  }
}
