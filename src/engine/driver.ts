// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import type { Event } from '../events/event.ts'
import type { BootedKernel, KernelPath, Task } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'
import type { ExecutionCount } from './execution-count.ts'
import { whereabouts } from './whereabouts.ts'

/** Why a turn was over. */
export type TurnEnd =
  | { readonly kind: 'steps' }
  /** The event, or the address, that the turn waits for has come. */
  | { readonly kind: 'reached' }
  | { readonly kind: 'sleep'; readonly reason: string }
  | { readonly kind: 'dead' }
  /** The run is over: a limit was passed or the machine gave up; `diagnostics` says why. */
  | { readonly kind: 'broken' }

export type TurnOptions = {
  /** Steps at most; Infinity: until it sleeps or is gone. */
  readonly steps: number
  readonly until?: (event: Event) => boolean
  /** Stop before the next arrival at this user address. */
  readonly at?: bigint
}

export type DriverOptions = {
  /** Steps of all tasks together (T008). */
  readonly limit: number
  readonly budgetSpan: Span
  /** Called after every event; what it returns is wrong with the machine at that point. */
  readonly inspect?: (event: Event) => readonly Diagnostic[]
  /** Told of every step; all of them are made singly then. */
  readonly count?: ExecutionCount | undefined
}

type Pending = { readonly path: KernelPath<void>; readonly ready: () => boolean }

/**
 * Lets tasks take turns and kernel-side actions be done, one thing at a time. An action that has to wait stays pending and goes on
 * before the next step that finds it runnable (scenario format §4).
 */
export class Driver {
  readonly diagnostics: Diagnostic[] = []
  steps = 0
  /** The known bug by which the kernel has crashed. */
  crash: string | undefined
  readonly #kernel: BootedKernel
  readonly #options: DriverOptions
  #pending: Pending[] = []
  #last: string | undefined
  #broken = false

  constructor(kernel: BootedKernel, options: DriverOptions) {
    this.#kernel = kernel
    this.#options = options
  }

  turn(task: Task, { steps, until, at }: TurnOptions): TurnEnd {
    this.#noteSwitch(task)
    const { count, inspect } = this.#options
    let left = steps
    let leaving = at !== undefined && task.registers[Register.rip] === at
    while (left > 0) {
      this.#continuePending()
      if (this.steps >= this.#options.limit) return this.#outOfBudget()
      const single = leaving || this.#pending.length > 0 || count !== undefined
      count?.before(task)
      const { made, stop } = this.#kernel.run(task, {
        steps: single ? 1 : Math.min(left, this.#options.limit - this.steps),
        stopAtEvents: until !== undefined,
        watch: until === undefined && inspect ? event => this.#watch(inspect, event) : undefined,
        ...(at !== undefined && !leaving && { at }),
      })
      left -= made
      this.steps += made
      if (stop.kind !== 'event' || made > 0) count?.after(task)
      switch (stop.kind) {
        case 'event':
          if (inspect) this.diagnostics.push(...inspect(stop.event))
          if (until?.(stop.event)) return { kind: 'reached' }
          break
        case 'steps':
          if (at !== undefined && !leaving && task.registers[Register.rip] === at) return { kind: 'reached' }
          leaving = false
          break
        case 'broken':
          return stop.crash === undefined
            ? this.#breakOff('T012', stop.message)
            : this.#crash(stop.crash, stop.message)
        default:
          return stop
      }
    }
    return { kind: 'steps' }
  }

  /** Looks at an event in passing, unless an action waits that may go on there. */
  #watch(inspect: NonNullable<DriverOptions['inspect']>, event: Event): boolean {
    if (this.#pending.length > 0) return false
    for (const diagnostic of inspect(event)) this.diagnostics.push(diagnostic)
    return true
  }

  /** Does what the kernel side does at this point: until it is done, or has to wait. */
  act(path: KernelPath<void>): void {
    const outcome = this.#kernel.perform(path, false)
    if (!outcome.done) {
      const { point } = outcome
      this.#pending.push({ path, ready: point.kind === 'sleep' ? () => point.ready() : () => true })
    }
  }

  /** The run is over before its end; `diagnostics` says why. */
  get broken(): boolean {
    return this.#broken
  }

  get budgetSpan(): Span {
    return this.#options.budgetSpan
  }

  /** Whether an action still waits. */
  get waiting(): boolean {
    return this.#pending.length > 0
  }

  /** Lets pending actions go on, where they can. */
  settle(): void {
    this.#continuePending()
  }

  #continuePending(): void {
    if (this.#pending.length === 0) return
    const pending = this.#pending
    this.#pending = []
    for (const action of pending) {
      if (action.ready()) this.act(action.path)
      else this.#pending.push(action)
    }
  }

  #noteSwitch(task: Task): void {
    if (this.#last !== undefined && this.#last !== task.name)
      this.#kernel.record({ kind: 'switch', thread: this.#last, fields: { to: task.name } })
    this.#last = task.name
  }

  #outOfBudget(): TurnEnd {
    return this.#breakOff('T008', `stopped after ${this.steps} steps, the limit of this scenario`, [
      'a loop that waits for a thread which the schedule never runs again? Else raise `limits: { instructions: … }`',
    ])
  }

  #crash(bug: string, message: string): TurnEnd {
    this.crash = bug
    return this.#breakOff('T016', `here the kernel would have crashed, by its bug ${bug}: ${message}`, [
      `if that is what the scenario shows:   expect: { crash: ${bug} }`,
    ])
  }

  #breakOff(code: 'T008' | 'T012' | 'T016', message: string, help?: readonly string[]): TurnEnd {
    this.#broken = true
    this.diagnostics.push({
      code,
      severity: 'error',
      message,
      labels: [{ span: this.#options.budgetSpan }],
      notes: this.whereabouts(),
      ...(help && { help }),
    })
    return { kind: 'broken' }
  }

  /** Where every live task stands. */
  whereabouts(): string[] {
    return whereabouts(this.#kernel)
  }
}
