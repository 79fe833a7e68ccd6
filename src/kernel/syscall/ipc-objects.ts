// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { Call } from './system-call.ts'
import { int, unsigned } from './system-call.ts'
import { readView } from './user-access.ts'

/** What shmctl, semctl and msgctl have in common, and flags of the *get calls. */
export const Ipc = { RMID: 0, SET: 1, STAT: 2, CREAT: 0o1000, EXCL: 0o2000, NOWAIT: 0o4000 } as const

/** A System V object: a segment, an array of semaphores or a queue. */
export type IpcObject = {
  readonly id: number
  /** 0: private, or to be removed. */
  key: number
  mode: number
  removed: boolean
  /** When it was changed last, in nanoseconds since 1970. */
  changed: bigint
}

export type NewObject = Pick<IpcObject, 'id' | 'key' | 'mode' | 'removed' | 'changed'>

/** Objects of one kind; in this machine there is one namespace of them. */
export class IpcObjects<T extends IpcObject> {
  readonly #byId = new Map<number, T>()
  #next = 0

  /** shmget, semget, msgget: the id, or -errno. `refuses` judges an object that is there already. */
  open(
    kernel: KernelCore,
    key: bigint,
    flags: number,
    { make, refuses }: { make(common: NewObject): T | number; refuses(known: T): number },
  ): number {
    const wanted = int(key)
    const known = wanted === 0 ? undefined : this.all.find(object => object.key === wanted)
    if (known) {
      if ((flags & Ipc.CREAT) !== 0 && (flags & Ipc.EXCL) !== 0) return -Errno.EEXIST
      return -refuses(known) || known.id
    }
    if (wanted !== 0 && (flags & Ipc.CREAT) === 0) return -Errno.ENOENT
    const common = { key: wanted, mode: flags & 0o777, removed: false, changed: kernel.timeOfDay }
    const made = make({ id: this.#next, ...common })
    if (typeof made === 'number') return made
    this.#next++
    this.#byId.set(made.id, made)
    return made.id
  }

  get all(): readonly T[] {
    return [...this.#byId.values()]
  }

  find(id: bigint): T | undefined {
    return this.#byId.get(int(id))
  }

  /** Who waits for it, or has it mapped, still has it. */
  remove(object: T): void {
    object.removed = true
    this.#byId.delete(object.id)
  }
}

/** struct ipc64_perm: key, owners (all root), mode. */
export function fillPermissions(view: DataView, { key, mode }: IpcObject): void {
  view.setInt32(0, key, true)
  view.setUint32(20, mode, true)
}

/** IPC_SET: 0 or -EFAULT. Owners stay. */
export function setPermissions(
  { kernel, task }: Pick<Call, 'kernel' | 'task'>,
  object: IpcObject,
  buffer: bigint,
): number {
  const view = readView(task, buffer, 48)
  if (!view) return -Errno.EFAULT
  object.mode = (object.mode & ~0o777) | (view.getUint32(20, true) & 0o777)
  object.changed = kernel.timeOfDay
  return 0
}

/** Seconds since 1970. */
export function seconds(time: bigint): bigint {
  return time / 1_000_000_000n
}

/** The command of a *ctl call; IPC_64 is what 64-bit programs mean anyway. */
export function commandOf(argument: bigint): number {
  return unsigned(argument) & ~0x100
}
