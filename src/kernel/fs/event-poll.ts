// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { OpenFile } from './open-file.ts'
import { activityOf, isAlwaysReady, readiness } from './readiness.ts'
import { Poll, type SpecialObject } from './special-object.ts'

const Flag = { ONESHOT: 0x4000_0000, EDGE: 0x8000_0000 } as const

type Interest = {
  readonly descriptor: number
  readonly file: OpenFile
  events: number
  data: bigint
  /** Of an edge-triggered one: the activity of its file that has been told of. */
  told: number
  /** EPOLLONESHOT has fired. */
  spent: boolean
}

export type ReadyEvent = { readonly events: number; readonly data: bigint }

/** An epoll set. Sets may watch sets, up to a depth. */
export class EventPoll implements SpecialObject {
  readonly name = 'anon_inode:[eventpoll]'
  readonly type = 0
  readonly #interests: Interest[] = []

  get activity(): number {
    return this.#interests.reduce((sum, { file }) => sum + activityOf(file), 0)
  }

  events(task: KernelTask): number {
    return this.#living().some(interest => this.#ready(interest, task) !== 0) ? Poll.IN : 0
  }

  add(descriptor: number, file: OpenFile, events: number, data: bigint): number {
    if (isAlwaysReady(file)) return -Errno.EPERM
    if (this.#find(descriptor, file)) return -Errno.EEXIST
    const { content } = file.inode
    if (content.kind === 'special' && content.object instanceof EventPoll && content.object.#reaches(this, 5))
      return -Errno.ELOOP
    this.#interests.push({ descriptor, file, events, data, told: -1, spent: false })
    return 0
  }

  modify(descriptor: number, file: OpenFile, events: number, data: bigint): number {
    const interest = this.#find(descriptor, file)
    if (!interest) return -Errno.ENOENT
    Object.assign(interest, { events, data, told: -1, spent: false })
    return 0
  }

  remove(descriptor: number, file: OpenFile): number {
    const interest = this.#find(descriptor, file)
    if (!interest) return -Errno.ENOENT
    this.#interests.splice(this.#interests.indexOf(interest), 1)
    return 0
  }

  /** Takes up to `most` events. Those that were told of go to the end, so that none starves. */
  take(most: number, task: KernelTask): ReadyEvent[] {
    const found: ReadyEvent[] = []
    const told: Interest[] = []
    for (const interest of this.#living()) {
      if (found.length >= most) break
      const events = this.#ready(interest, task)
      if (events === 0) continue
      found.push({ events, data: interest.data })
      interest.told = activityOf(interest.file)
      if ((interest.events & Flag.ONESHOT) !== 0) interest.spent = true
      told.push(interest)
    }
    for (const interest of told) {
      this.#interests.splice(this.#interests.indexOf(interest), 1)
      this.#interests.push(interest)
    }
    return found
  }

  /** A file leaves the set when its last descriptor is closed. */
  #living(): readonly Interest[] {
    for (let at = this.#interests.length - 1; at >= 0; at--)
      if (this.#interests[at]!.file.references <= 0) this.#interests.splice(at, 1)
    return this.#interests
  }

  #ready(interest: Interest, task: KernelTask): number {
    if (interest.spent) return 0
    if ((interest.events & Flag.EDGE) !== 0 && interest.told === activityOf(interest.file)) return 0
    return readiness(interest.file, task) & (interest.events | Poll.ERR | Poll.HUP) & 0xffff
  }

  #find(descriptor: number, file: OpenFile): Interest | undefined {
    return this.#living().find(interest => interest.descriptor === descriptor && interest.file === file)
  }

  /** Whether this set is another one or watches it; a chain that is too long counts as such. */
  #reaches(other: EventPoll, depth: number): boolean {
    if (this === other || depth === 0) return true
    return this.#interests.some(({ file: { inode } }) => {
      const { content } = inode
      return (
        content.kind === 'special' &&
        content.object instanceof EventPoll &&
        content.object.#reaches(other, depth - 1)
      )
    })
  }
}
