// SPDX-License-Identifier: MIT
import type { AlarmTimer } from './alarm-timers.ts'
import type { KernelTask } from './kernel-task.ts'
import type { Process } from './process.ts'

/** What counts processor time: the threads of a process together, or one of them. */
export type CpuClock = Process | KernelTask

/** Processor time in nanoseconds: a step is one. Children are not in it. */
export function cpuTime(clock: CpuClock): bigint {
  if (!('tasks' in clock)) return BigInt(clock.steps)
  return BigInt(clock.tasks.reduce((sum, task) => sum + task.steps, clock.steps))
}

type CpuTimer = AlarmTimer & { readonly clock: CpuClock; readonly fire: (times: bigint) => void }

/** Timers by processor time, by what they belong to. Their deadlines are points of their clocks, which stand while nobody runs. */
export class CpuTimers {
  readonly #timers = new Map<object, CpuTimer>()

  get(owner: object): AlarmTimer | undefined {
    return this.#timers.get(owner)
  }

  set(owner: object, clock: CpuClock, timer: AlarmTimer | undefined, fire: (times: bigint) => void): void {
    if (timer) this.#timers.set(owner, { ...timer, clock, fire })
    else this.#timers.delete(owner)
  }

  /** They go with their process. */
  delete(owner: object): void {
    this.#timers.delete(owner)
  }

  /** Steps that whoever runs can make before one may fire; undefined: there are none. */
  room(): number | undefined {
    let room: bigint | undefined
    for (const { clock, deadline } of this.#timers.values()) {
      const left = deadline - cpuTime(clock)
      if (room === undefined || left < room) room = left
    }
    return room === undefined ? undefined : Number(room)
  }

  /** Fires those whose time has come: whether there were any. */
  fire(): boolean {
    if (this.#timers.size === 0) return false
    const due = [...this.#timers].filter(([, { clock, deadline }]) => deadline <= cpuTime(clock))
    for (const [owner, timer] of due) {
      const { clock, deadline, interval, fire } = timer
      const times = interval === 0n ? 1n : (cpuTime(clock) - deadline) / interval + 1n
      if (interval === 0n) this.#timers.delete(owner)
      else this.#timers.set(owner, { ...timer, deadline: deadline + times * interval })
      fire(times)
    }
    return due.length > 0
  }
}
