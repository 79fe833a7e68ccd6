// SPDX-License-Identifier: MIT
import type { Task } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'
import type { Plan } from '../plan/plan.ts'

/** One task in front of an instruction that is probed: which probes have not been hit yet. */
type Arrival = { readonly waiting: Set<string> }

/**
 * What the machine knows and a tracer does not: how often tasks came to execute a probed instruction while its probe was attached, and
 * how often no handler was called for it. The driver tells of every step, so that runs which count are made step by step.
 */
export class ExecutionCount {
  /** Probes by `PATH:OFFSET` in their file. */
  readonly #places = new Map<string, string[]>()
  readonly #plan: Plan
  readonly #attached: ReadonlyMap<string, boolean>
  readonly #executions = new Map<string, number>()
  readonly #missed = new Map<string, number>()
  readonly #arrivals = new Map<string, Arrival>()

  constructor(plan: Plan, attached: ReadonlyMap<string, boolean>) {
    this.#plan = plan
    this.#attached = attached
    for (const { name, binary, definition } of plan.probes.values()) {
      const place = `${plan.file(binary)?.path}:${definition.offset}`
      this.#places.set(place, [...(this.#places.get(place) ?? []), name])
    }
  }

  executions(probe: string): bigint {
    return BigInt(this.#executions.get(probe) ?? 0)
  }

  missed(probe: string): bigint {
    return BigInt(this.#missed.get(probe) ?? 0)
  }

  /** A task is about to make a step, or to go on in one. */
  before(task: Task): void {
    if (this.#arrivals.has(task.name) || task.state !== 'runnable' || task.signalPending) return
    const probes = this.#probesAt(task).filter(name => this.#counts(name, task))
    if (probes.length === 0) return
    for (const name of probes) increase(this.#executions, name)
    this.#arrivals.set(task.name, { waiting: new Set(probes) })
  }

  /** A probe's entry handler is called. */
  hit(task: Task, probe: string): void {
    const arrival = this.#arrivals.get(task.name)
    // A call of the kernel that a step began with may have ended in front of the instruction.
    if (arrival) arrival.waiting.delete(probe)
    else increase(this.#executions, probe)
  }

  /** The step is over. */
  after(task: Task): void {
    const arrival = this.#arrivals.get(task.name)
    if (!arrival) return
    for (const name of arrival.waiting) increase(this.#missed, name)
    this.#arrivals.delete(task.name)
  }

  #counts(name: string, { name: task }: Task): boolean {
    const only = this.#plan.probes.get(name)!.only
    return this.#attached.get(name) === true && (only === undefined || only.includes(task))
  }

  #probesAt(task: Task): readonly string[] {
    const address = Number(task.registers[Register.rip]!)
    const vma = task.mm?.vmaAt(address)
    if (!vma?.inode) return []
    return this.#places.get(`${vma.inode.path}:${address - vma.start + vma.fileOffset}`) ?? []
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
