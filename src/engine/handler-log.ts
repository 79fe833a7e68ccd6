// SPDX-License-Identifier: MIT
import type { Event } from '../events/event.ts'
import type { Address } from '../events/value.ts'
import type { InvariantView } from '../expect/invariants.ts'
import type { Task } from '../kernel/kernel.ts'
import type { Plan, PlannedProbe } from '../plan/plan.ts'
import type { Consumer, UprobesState } from '../uprobes/uprobes.ts'
import type { ExecutionCount } from './execution-count.ts'

/** Keeps which consumers run at a hit beside those that should: what the invariant `hit-runs-every-consumer` looks at. */
export class HandlerLog {
  readonly #plan: Plan
  readonly #attached: ReadonlyMap<string, boolean>
  readonly #running = new Map<string, { probe: string; registered: string[]; ran: string[] }>()
  readonly #samePlace = new Map<string, readonly PlannedProbe[]>()
  readonly #executions: ExecutionCount | undefined
  readonly #listening: UprobesState['listening']

  constructor(
    plan: Plan,
    attached: ReadonlyMap<string, boolean>,
    {
      executions,
      listening,
    }: { readonly executions: ExecutionCount | undefined; readonly listening: UprobesState['listening'] },
  ) {
    this.#plan = plan
    this.#attached = attached
    this.#executions = executions
    this.#listening = listening
  }

  /** The same consumer, whose entry handler leaves a note that it ran. */
  watched(consumer: Consumer, index: number): Consumer {
    const { handler } = consumer
    if (!handler) return consumer
    const name = consumerName(consumer.probe, index)
    const running = this.#running
    const executions = index === 0 ? this.#executions : undefined
    const watched: Consumer = {
      probe: consumer.probe,
      handler(context) {
        running.get(context.task.name)?.ran.push(name)
        executions?.hit(context.task, consumer.probe)
        return handler.call(consumer, context)
      },
    }
    if (consumer.returnHandler) watched.returnHandler = context => consumer.returnHandler!(context)
    if (consumer.filter) watched.filter = mm => consumer.filter!(mm)
    return watched
  }

  /** A task has trapped at the place of a probe. */
  trapped(task: Task, { fields }: Event): void {
    const probe = String(fields.probe)
    const { address } = fields['ip'] as Address
    const listening = task.mm && this.#listening(task.mm, Number(address))
    this.#running.set(task.name, { probe, registered: this.#consumersAt(probe, listening), ran: [] })
  }

  /** The handlers of this task's hit have all run. */
  hits(thread: string): ReturnType<InvariantView['hits']> {
    const hit = this.#running.get(thread)
    if (!hit) return []
    // Whoever has been removed meanwhile need not have run (spec 05 §9).
    const still = this.#consumersAt(hit.probe)
    return [
      {
        thread,
        probe: hit.probe,
        registered: hit.registered.filter(name => still.includes(name)),
        ran: hit.ran,
      },
    ]
  }

  over(task: Task): void {
    this.#running.delete(task.name)
  }

  #consumersAt(name: string, listening?: readonly string[]): string[] {
    const names: string[] = []
    for (const probe of this.#probesAt(name)) {
      if (!this.#attached.get(probe.name)) continue
      if (listening && !listening.includes(probe.name)) continue
      for (let index = 0; index < probe.consumers; index++) names.push(consumerName(probe.name, index))
    }
    return names
  }

  /** The probe of a name and those at the same place. */
  #probesAt(name: string): readonly PlannedProbe[] {
    const known = this.#samePlace.get(name)
    if (known) return known
    const { probes } = this.#plan
    const at = probes.get(name)
    const found = [...probes.values()].filter(
      ({ binary, definition }) => binary === at?.binary && definition.offset === at.definition.offset,
    )
    this.#samePlace.set(name, found)
    return found
  }
}

function consumerName(probe: string, index: number): string {
  return index === 0 ? probe : `${probe} (${index + 1})`
}
