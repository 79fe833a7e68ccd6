// SPDX-License-Identifier: MIT
import { Errno } from '../kernel/errno.ts'
import type { AddressSpace, BootedKernel, KernelPath } from '../kernel/kernel.ts'
import type { Plan, PlannedProbe } from '../plan/plan.ts'
import { listDefinition } from '../tracing/definition/list-definition.ts'
import type { TraceEvents } from '../tracing/trace-events.ts'
import { eventOf, type ProbeNames } from './probe-names.ts'

type Definer = {
  readonly plan: Plan
  readonly kernel: Pick<BootedKernel, 'tasks'>
  readonly tracing: TraceEvents
  readonly names: ProbeNames
  readonly attached: Map<string, boolean>
}

/**
 * Writes a scenario's probe as 2010 did: an event for each process that maps its file at that time, at the address that its place has there
 * (`definitions: vaddr-pid`). The first process has the event's own name, another one the pid behind it, as a second definition of a
 * name would replace the first.
 */
export class ProcessDefinitions {
  readonly #parts: Definer
  /** Event names by probe and place. */
  readonly #defined = new Map<string, Map<string, string>>()

  constructor(parts: Definer) {
    this.#parts = parts
  }

  /** Names of the probe's events, or the negated errno of a definition that is refused: -ESRCH where no process maps the file. */
  *define(probe: PlannedProbe): KernelPath<readonly string[] | number> {
    const sites = probe.definition.process ? [probe.definition.process] : this.#sites(probe)
    if (sites.length === 0) return -Errno.ESRCH
    const defined = this.#defined.get(probe.name) ?? new Map<string, string>()
    this.#defined.set(probe.name, defined)
    const events: string[] = []
    for (const process of sites) {
      const place = `0x${process.address.toString(16)}@${process.id}`
      const known = defined.get(place)
      if (known === undefined || this.#parts.names.ofEvent(known) !== probe) {
        const { event } = probe.definition
        const named = {
          ...probe.definition,
          event: defined.size === 0 ? event : `${event}_${process.id}`,
          process,
        }
        const name = eventOf({ definition: named })
        const before = this.#parts.names.ofEvent(name)
        this.#parts.names.bind(name, probe)
        const refusal = yield* this.#parts.tracing.redefine(listDefinition(named))
        if (refusal) {
          if (before) this.#parts.names.bind(name, before)
          return -Errno[refusal.errno]
        }
        if (before && before !== probe) this.#parts.attached.set(before.name, false)
        defined.set(place, name)
        events.push(name)
      } else events.push(known)
    }
    return events
  }

  #sites({ binary, definition }: PlannedProbe): { readonly id: number; readonly address: bigint }[] {
    const { kernel, plan } = this.#parts
    const path = plan.file(binary)?.path
    const spaces = new Map<AddressSpace, number>()
    for (const { mm, processId } of kernel.tasks) if (mm && !spaces.has(mm)) spaces.set(mm, processId)
    return [...spaces].flatMap(([{ vmas }, id]) => {
      const vma = vmas.find(
        ({ inode, flags, start, end, fileOffset }) =>
          inode?.path === path &&
          flags.execute &&
          definition.offset >= BigInt(fileOffset) &&
          definition.offset < BigInt(fileOffset + end - start),
      )
      return vma ? [{ id, address: BigInt(vma.start - vma.fileOffset) + definition.offset }] : []
    })
  }
}
