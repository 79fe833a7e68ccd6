// SPDX-License-Identifier: MIT
import { sendToProcess } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { Process } from './process.ts'

/** A point of the virtual clock, and the time to the next when it repeats; 0: it does not. */
export type AlarmTimer = { readonly deadline: bigint; readonly interval: bigint }

/** ITIMER_REAL of every process that has one running: SIGALRM when its time has come. */
export class AlarmTimers {
  readonly #timers = new Map<Process, AlarmTimer>()

  get(process: Process): AlarmTimer | undefined {
    return this.#timers.get(process)
  }

  set(process: Process, timer: AlarmTimer | undefined): void {
    if (timer) this.#timers.set(process, timer)
    else this.#timers.delete(process)
  }

  /** The earliest point at which one fires. */
  earliest(): bigint | undefined {
    let earliest: bigint | undefined
    for (const { deadline } of this.#timers.values())
      if (earliest === undefined || deadline < earliest) earliest = deadline
    return earliest
  }

  /** Sends the signals of those whose time has come: whether there was one. */
  fire(now: bigint): boolean {
    let fired = false
    for (const [process, { deadline, interval }] of this.#timers) {
      if (deadline > now) continue
      fired = true
      if (interval === 0n || process.zombie) this.#timers.delete(process)
      else this.#timers.set(process, { deadline: nextAfter(now, deadline, interval), interval })
      sendToProcess(process, { signal: Signal.SIGALRM, code: 0x80 })
    }
    return fired
  }
}

function nextAfter(now: bigint, deadline: bigint, interval: bigint): bigint {
  return deadline + ((now - deadline) / interval + 1n) * interval
}
