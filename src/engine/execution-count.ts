// SPDX-License-Identifier: MIT
import type { Task } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'
import type { Plan } from '../plan/plan.ts'

/** One task in front of an instruction that is probed: by which probes, and which have not been hit yet. */
type Arrival = { readonly address: bigint; readonly probes: readonly string[]; readonly waiting: Set<string> }

/**
 * What the machine knows and a tracer does not: how often tasks came to execute a probed instruction while its probe was attached, and
 * how often no handler was called for it. The driver tells of every step, so that runs which count are made step by step.
 */
export class ExecutionCount {
  /** Probes by `PATH:OFFSET` in their file, and the byte there. */
  readonly #places = new Map<string, { readonly probes: string[]; readonly byte: number | undefined }>()
  readonly #plan: Plan
  readonly #attached: ReadonlyMap<string, boolean>
  readonly #executions = new Map<string, number>()
  readonly #missed = new Map<string, number>()
  readonly #arrivals = new Map<string, Arrival>()
  /** Tasks in the middle of a step, which may show registers of every kind. */
  readonly #within = new Set<string>()

  constructor(plan: Plan, attached: ReadonlyMap<string, boolean>) {
    this.#plan = plan
    this.#attached = attached
    for (const { name, binary, definition } of plan.probes.values()) {
      const file = plan.file(binary)
      const place = `${file?.path}:${definition.offset}`
      const known = this.#places.get(place)
      if (known) known.probes.push(name)
      else this.#places.set(place, { probes: [name], byte: file?.image.bytes[Number(definition.offset)] })
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
    if (this.#within.has(task.name) || task.state !== 'runnable') return
    this.#within.add(task.name)
    // A signal is delivered before the instruction is executed.
    if (task.signalPending || task.fatalSignalPending) return
    const probes = this.#probesAt(task).filter(name => this.#counts(name, task))
    if (probes.length === 0) return
    for (const name of probes) change(this.#executions, name, 1)
    this.#arrivals.set(task.name, {
      address: task.registers[Register.rip]!,
      probes,
      waiting: new Set(probes),
    })
  }

  /** A probe's entry handler is called. */
  hit(task: Task, probe: string): void {
    const arrival = this.#arrivals.get(task.name)
    // A call of the kernel that a step began with may have ended in front of the instruction.
    if (arrival) arrival.waiting.delete(probe)
    else change(this.#executions, probe, 1)
  }

  /** The step is over. */
  after(task: Task): void {
    // Who has fallen asleep in the kernel goes on there, which is no step.
    if (task.state !== 'sleeping') this.#within.delete(task.name)
    const arrival = this.#arrivals.get(task.name)
    if (!arrival) return
    this.#arrivals.delete(task.name)
    if (task.turnedBack) {
      for (const name of arrival.probes) change(this.#executions, name, -1)
      return
    }
    const executed = !isKilledAt(task, arrival)
    for (const name of arrival.waiting)
      change(executed ? this.#missed : this.#executions, name, executed ? 1 : -1)
  }

  #counts(name: string, { name: task }: Task): boolean {
    const only = this.#plan.probes.get(name)!.only
    return this.#attached.get(name) === true && (only === undefined || only.includes(task))
  }

  #probesAt(task: Task): readonly string[] {
    const address = Number(task.registers[Register.rip]!)
    const vma = task.mm?.vmaAt(address)
    if (!vma?.inode) return []
    const place = this.#places.get(`${vma.inode.path}:${address - vma.start + vma.fileOffset}`)
    if (!place) return []
    // What an optimised probe has put there is a way to the handler, which counts for itself.
    const byte = task.mm?.peek(address, 1)?.[0]
    return byte === place.byte || byte === breakpoint ? place.probes : []
  }
}

/** The byte of a breakpoint. */
const breakpoint = 0xcc

/** Whether a task has died in front of the instruction, or of its breakpoint. */
function isKilledAt({ state, registers }: Task, { address }: Arrival): boolean {
  const passed = registers[Register.rip]! - address
  return state === 'dead' && (passed === 0n || passed === 1n)
}

function change(counts: Map<string, number>, name: string, by: 1 | -1): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}
