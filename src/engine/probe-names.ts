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
  /** Events of single processes, whose names are found only when they are defined. */
  readonly #ofProcess = new Map<string, PlannedProbe>()
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
    for (const probe of plan.probes.values()) {
      const event = eventOf(probe)
      this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? []), probe])
    }
  }

  /** From now on an event is this probe's. */
  bind(event: string, probe: PlannedProbe): void {
    this.#ofProcess.set(event, probe)
  }

  /** The probe that an event has been bound to. */
  ofEvent(event: string): PlannedProbe | undefined {
    return this.#ofProcess.get(event)
  }

  ofDefinition({ group, event, offset, path, process }: Definition): PlannedProbe | undefined {
    if (process) return this.#ofProcess.get(`${group}/${event}`)
    return this.#byEvent
      .get(`${group}/${event}`)
      ?.find(({ definition }) => definition.offset === offset && definition.path === path)
  }

  ofRecord({ group, event, ip, func }: TraceRecord, task: Task): string {
    const bound = this.#ofProcess.get(`${group}/${event}`)
    if (bound) return bound.name
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
        return {
          hits: this.#hits(probe, tracing),
          executions: executed?.executions(name) ?? 0n,
          missed: executed?.missed(name) ?? 0n,
          attached: attached.get(name) ?? false,
        }
      },
    }
  }

  #hits(probe: PlannedProbe, tracing: TraceEvents): bigint {
    const lines = tracing.profile().map(({ group, event, hits }) => ({ event: `${group}/${event}`, hits }))
    if (this.#ofProcess.size > 0)
      return lines
        .filter(({ event }) => this.#ofProcess.get(event) === probe)
        .reduce((sum, { hits }) => sum + hits, 0n)
    const places = this.#byEvent.get(eventOf(probe))!
    return lines.filter(({ event }) => event === eventOf(probe))[places.indexOf(probe)]?.hits ?? 0n
  }
}

export function eventOf({ definition }: Pick<PlannedProbe, 'definition'>): string {
  return `${definition.group}/${definition.event}`
}
