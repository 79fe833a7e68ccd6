// SPDX-License-Identifier: MIT
/** A point of the virtual clock, and the time to the next when it repeats; 0: it does not. */
export type AlarmTimer = { readonly deadline: bigint; readonly interval: bigint }

/** What a timer does when its time has come: so many times at once. */
type Fire = (times: bigint) => void

/** Every timer that runs, by what it belongs to: ITIMER_REAL by its process, timerfds, POSIX timers. */
export class AlarmTimers {
  readonly #timers = new Map<object, AlarmTimer & { readonly fire: Fire }>()
  #earliest: bigint | undefined

  get(owner: object): AlarmTimer | undefined {
    return this.#timers.get(owner)
  }

  set(owner: object, timer: AlarmTimer | undefined, fire: Fire = () => {}): void {
    if (timer) this.#timers.set(owner, { ...timer, fire })
    else if (!this.#timers.delete(owner)) return
    this.#findEarliest()
  }

  /** The earliest point at which one fires. */
  earliest(): bigint | undefined {
    return this.#earliest
  }

  /** Fires those whose time has come. */
  fire(now: bigint): void {
    if (this.#earliest === undefined || this.#earliest > now) return
    const due = [...this.#timers].filter(([, { deadline }]) => deadline <= now)
    for (const [owner, { deadline, interval, fire }] of due) {
      const times = interval === 0n ? 1n : (now - deadline) / interval + 1n
      if (interval === 0n) this.#timers.delete(owner)
      else this.#timers.set(owner, { deadline: deadline + times * interval, interval, fire })
      fire(times)
    }
    this.#findEarliest()
  }

  #findEarliest(): void {
    this.#earliest = undefined
    for (const { deadline } of this.#timers.values())
      if (this.#earliest === undefined || deadline < this.#earliest) this.#earliest = deadline
  }
}
