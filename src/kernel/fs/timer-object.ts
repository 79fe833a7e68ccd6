// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { AlarmTimer, AlarmTimers } from '../task/alarm-timers.ts'
import { Poll, type SpecialObject } from './special-object.ts'

/** timerfd(2): how often its time has come since it was last read. */
export class TimerObject implements SpecialObject {
  readonly name = 'anon_inode:[timerfd]'
  readonly type = 0
  activity = 0
  readonly clock: number
  readonly #timers: AlarmTimers
  #expired = 0n

  constructor(timers: AlarmTimers, clock: number) {
    this.#timers = timers
    this.clock = clock
  }

  get timer(): AlarmTimer | undefined {
    return this.#timers.get(this)
  }

  set(timer: AlarmTimer | undefined): void {
    this.#expired = 0n
    this.#timers.set(this, timer, times => {
      this.#expired += times
      this.activity++
    })
  }

  events(): number {
    return this.#expired > 0n ? Poll.IN : 0
  }

  read(length: number): Uint8Array | number | undefined {
    if (length < 8) return -Errno.EINVAL
    if (this.#expired === 0n) return undefined
    const bytes = new Uint8Array(BigUint64Array.of(this.#expired).buffer)
    this.#expired = 0n
    return bytes
  }

  close(): void {
    this.#timers.set(this, undefined)
  }
}
