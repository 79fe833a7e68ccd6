// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import { isFatal, isKilled } from '../signal/send-signal.ts'
import { KernelTask, type SleepPoint } from '../task/kernel-task.ts'
import { OrderedTasks } from './ordered-tasks.ts'

/** Tasks that have to go on without being asked to: sleepers that are awake again, woken calls to finish, lives to end. */
export class WaitingTasks {
  readonly #kernel: KernelCore
  /** Tasks that have to be asked whether they can go on, in the order in which they fell asleep. */
  readonly #sleepers = new Set<KernelTask>()
  /** Quiet sleepers to which something has happened, in that order too. */
  readonly #stirring = new OrderedTasks(
    task => task.slept,
    task => task.point?.quiet === true && canResume(task, task.point),
  )
  /** Tasks awake that may have a call to finish or to die, in the order in which they were made. */
  readonly #unfinished = new OrderedTasks(
    task => task.order,
    task => !task.dead && !task.point && (isUnfinished(task) || isDoomed(task)),
  )
  #slept = 0
  #stirred = false

  constructor(kernel: KernelCore) {
    this.#kernel = kernel
  }

  /** Says that kernel code has run, which may have changed what they wait for. */
  stir(): void {
    this.#stirred = true
  }

  /** Who is the next to go on: sleepers first, the one that has slept longest. Undefined: nobody, until something happens. */
  next(): KernelTask | undefined {
    if (!this.#stirred && !this.#isDue()) return undefined
    this.#sortNoticed()
    const next = this.#firstReady() ?? this.#unfinished.first()
    if (!next) this.#stirred = false
    return next
  }

  fallAsleep(task: KernelTask, point: SleepPoint): void {
    task.point = point
    task.slept = ++this.#slept
    if (!point.quiet) this.#sleepers.add(task)
  }

  wake(task: KernelTask): void {
    task.point = undefined
    this.#sleepers.delete(task)
    this.#unfinished.add(task)
  }

  /** Whether somebody's time is up; timers whose time has come fire. */
  #isDue(): boolean {
    const kernel = this.#kernel
    const deadline = kernel.nextDeadline()
    if (deadline === undefined || deadline > kernel.now) return false
    kernel.timers.fire(kernel.now)
    for (const sleeper of kernel.deadlines.due(kernel.now))
      if (sleeper instanceof KernelTask) sleeper.notice()
    return true
  }

  #sortNoticed(): void {
    const { noticed } = this.#kernel
    if (noticed.size === 0) return
    for (const task of noticed) {
      if (task.point) this.#stirring.add(task)
      else this.#unfinished.add(task)
    }
    noticed.clear()
  }

  #firstReady(): KernelTask | undefined {
    const stirring = this.#stirring.first()
    if (this.#sleepers.size === 0) return stirring
    for (const task of this.#sleepers) {
      if (stirring && stirring.slept < task.slept) return stirring
      if (canResume(task, task.point!)) return task
    }
    return stirring
  }
}

/** Whether a sleep may end: with what was waited for, or with a signal where the sleep heeds it. */
export function canResume(task: KernelTask, point: SleepPoint): boolean {
  if (point.ready()) return true
  if (point.interruptible) return task.signalPending
  return point.killable === true && isFatal(task)
}

/** Killed, but not dead yet. */
export function isDoomed(task: KernelTask): boolean {
  return !task.dead && isKilled(task)
}

/** In the middle of a step that is counted already: a woken call that has to be finished. */
function isUnfinished(task: KernelTask): boolean {
  return task.within && task.counted
}
