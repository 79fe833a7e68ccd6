// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Event } from '../../events/event.ts'
import type { BootedKernel, Task } from '../../kernel/kernel.ts'
import { whereabouts } from '../whereabouts.ts'

/** How a program ended, or why it does not go on. */
export type ProgramEnding =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly at?: string; readonly address?: string }
  /** Every task sleeps, and nothing is left that could wake one. */
  | { readonly kind: 'stuck'; readonly notes: readonly string[] }
  /** The machine met something that it does not have, or a limit was passed. */
  | { readonly kind: 'broken'; readonly message: string; readonly notes: readonly string[] }

/** Steps of one task before the next one's turn. */
const turn = 20_000

/** A program that has been started, with all the processes that it makes. Tasks take turns in the order in which they were made. */
export class ProgramRun {
  readonly warnings: readonly Diagnostic[]
  steps = 0
  readonly #kernel: BootedKernel
  readonly #first: Task
  readonly #kills: ReadonlyMap<string, Event>
  readonly #atEnd: () => void
  /** Tasks that may still run. */
  readonly #living: Task[] = []
  #known = 0
  #next = 0

  /** `kills`: the last deadly signal of each task by its name, kept up to date by the kernel's listener. `atEnd` is called once. */
  constructor(
    kernel: BootedKernel,
    first: Task,
    kills: ReadonlyMap<string, Event>,
    warnings: readonly Diagnostic[],
    atEnd: () => void,
  ) {
    this.#kernel = kernel
    this.#first = first
    this.#kills = kills
    this.#atEnd = atEnd
    this.warnings = warnings
  }

  /** Goes on for about so many steps: how it ended, or undefined where it has not. All processes have to end, as for a reader of a pipe. */
  advance(steps: number): ProgramEnding | undefined {
    const ending = this.#advance(steps)
    if (ending) this.#atEnd()
    return ending
  }

  #advance(steps: number): ProgramEnding | undefined {
    const end = this.steps + steps
    while (this.steps < end) {
      const task = this.#pick()
      if (!task) {
        if (this.#living.length > 0 && this.#kernel.advanceClock()) continue
        return this.#ending()
      }
      const { made, stop } = this.#kernel.run(task, { steps: turn, stopAtEvents: false })
      this.steps += made
      if (stop.kind === 'broken') return { kind: 'broken', message: stop.message, notes: this.#whereabouts() }
    }
    return undefined
  }

  #pick(): Task | undefined {
    const { tasks } = this.#kernel
    for (; this.#known < tasks.length; this.#known++) this.#living.push(tasks[this.#known]!)
    for (let left = this.#living.length; left > 0; left--) {
      if (this.#next >= this.#living.length) this.#next = 0
      const task = this.#living[this.#next]!
      if (task.state === 'dead') this.#living.splice(this.#next, 1)
      else {
        this.#next++
        if (this.#kernel.runnable(task)) return task
      }
    }
    return undefined
  }

  #ending(): ProgramEnding {
    const leader = this.#leader()
    const ending = this.#kernel.ending(leader)
    if (!ending) return { kind: 'stuck', notes: this.#whereabouts() }
    if (ending.signal === undefined) return { kind: 'exited', code: ending.code ?? 0 }
    const fields = this.#kills.get(leader.name)?.fields
    return {
      kind: 'killed',
      signal: ending.signal,
      ...placeOf('at', fields?.['ip']),
      ...placeOf('address', fields?.['address']),
    }
  }

  /** The thread whose end is that of the program: the first one, or whichever has taken its place and its number by an exec. */
  #leader(): Task {
    return this.#kernel.tasks.findLast(({ id }) => id === this.#first.processId) ?? this.#first
  }

  #whereabouts(): string[] {
    return whereabouts(this.#kernel)
  }
}

function placeOf<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  const at = (value as { at?: string } | undefined)?.at
  return at === undefined ? {} : ({ [key]: at } as { [K in Key]?: string })
}
