// SPDX-License-Identifier: MIT
import type { Task } from '../kernel/kernel.ts'
import type { Plan, PlannedProbe } from '../plan/plan.ts'
import type { Definition } from '../tracing/definition.ts'
import type { TraceEvents } from '../tracing/trace-events.ts'
import type { TraceRecord } from '../tracing/trace-record.ts'
import type { ExecutionCount } from './execution-count.ts'
import type { ProbeCounts } from './probe-counts.ts'

/** From what the kernel calls a probe (group, event, offset) to what the scenario calls it. Several probes may be places of one event. */
export class ProbeNames {
  readonly #byEvent = new Map<string, PlannedProbe[]>()
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
    for (const probe of plan.probes.values()) {
      const event = eventOf(probe)
      this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? []), probe])
    }
  }

  ofDefinition({ group, event, offset, path }: Definition): PlannedProbe | undefined {
    return this.#byEvent
      .get(`${group}/${event}`)
      ?.find(({ definition }) => definition.offset === offset && definition.path === path)
  }

  ofRecord({ group, event, ip, func }: TraceRecord, task: Task): string {
    const candidates = this.#byEvent.get(`${group}/${event}`) ?? []
    if (candidates.length < 2) return candidates[0]?.name ?? event
    const address = Number(func ?? ip)
    const vma = task.mm?.vmaAt(address)
    const offset = vma && BigInt(address - vma.start + vma.fileOffset)
    return candidates.find(({ definition }) => definition.offset === offset)?.name ?? candidates[0]!.name
  }

  /** Counts by the scenario's names; those of executions are 0 where nobody counts them. */
  counts(
    tracing: TraceEvents,
    attached: ReadonlyMap<string, boolean>,
    executed?: ExecutionCount,
  ): ProbeCounts {
    return {
      get: name => {
        const probe = this.#plan.probes.get(name)
        if (!probe) return undefined
        const places = this.#byEvent.get(eventOf(probe))!
        const lines = tracing.profile().filter(({ group, event }) => `${group}/${event}` === eventOf(probe))
        return {
          hits: lines[places.indexOf(probe)]?.hits ?? 0n,
          executions: executed?.executions(name) ?? 0n,
          missed: executed?.missed(name) ?? 0n,
          attached: attached.get(name) ?? false,
        }
      },
    }
  }
}

export function eventOf({ definition }: PlannedProbe): string {
  return `${definition.group}/${definition.event}`
}
