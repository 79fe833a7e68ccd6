// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { BugName, BugPlace } from '../../uprobes/known-bugs.ts'
import type { HitContext } from '../../uprobes/uprobes.ts'
import type { Arrival } from '../buffer/kernel-frames.ts'
import type { KernelTrace } from '../buffer/kernel-trace.ts'
import type { Definition } from '../definition.ts'
import { fetchArguments } from '../fetch/fetch-arguments.ts'
import type { FetchProgram } from '../fetch/fetch-program.ts'
import { comparesArray } from '../filter/compares-array.ts'
import { matchFilter } from '../filter/match-filter.ts'
import { buildRecord, maximumRecord, type RecordAddresses } from '../record/build-record.ts'
import { decodeValues } from '../record/decode-arguments.ts'
import { decodeRecord } from '../record/record-body.ts'
import type { TraceRecord } from '../trace-record.ts'
import { act, needRecord, runTriggers, type TracingSwitch } from '../trigger/run-triggers.ts'
import type { Place, TraceEvent } from './trace-event.ts'

/** Where records go, whether they are wanted, and the processor's buffer that arguments are fetched into. */
export type TraceBuffer = TracingSwitch & {
  buffer: Uint8Array
  /** The ring buffer, where the kernel's own text is wanted. */
  readonly records: KernelTrace | undefined
  readonly sink: (record: TraceRecord, task: Task) => KernelPath<void> | undefined
  /** Told where a known bug shows. */
  readonly tell: (bug: BugName, place: BugPlace) => void
}

export type Hit = {
  readonly event: TraceEvent
  readonly place: Place
  /** Name for events of the probe. */
  readonly probe: string
  readonly context: HitContext
  readonly addresses: RecordAddresses
  /** Only where the event has several consumers. */
  readonly consumer?: number
}

/** The processor that everything runs on. */
const cpu = 0

/**
 * Fetches, runs triggers, filters, writes. The order is the kernel's: arguments are fetched first, even for a record that nobody wants
 * (the processor's buffer remembers them); a filter sees the finished record; traceoff comes after it (spec 07 §5.6, §10, §11).
 */
export function recordHit(trace: TraceBuffer, hit: Hit): KernelPath<void> | undefined {
  const { event, context } = hit
  const { task } = context
  const { arguments: programs } = hit.place.program
  const tell = (bug: BugName): void => trace.tell(bug, { task, probe: hit.probe, ip: hit.addresses.ip })
  const size = fetchArguments(hit.place.program, context, trace.buffer, () => tell('B8'))
  if (programs.some(isImmediateString)) tell('B9')
  const waits = needRecord(event)
  if (!waits) {
    const unwanted = event.softDisabled
    runTriggers(event, trace)
    if (unwanted) return undefined
  }

  const { kind } = event.definition
  const record = buildRecord(kind, event.id, task.id, hit.addresses, trace.buffer.subarray(0, size))
  const filter = event.filter?.filter
  if (record.length > maximumRecord || !(trace.on || waits)) return undefined
  // Room in the ring buffer is taken before triggers run, unless the record is kept aside for a filter.
  const aside = filter !== undefined || event.softDisabled
  const room = trace.on
  const subject = { record, task, cpu }
  const later = waits ? runTriggers(event, trace, subject) : []
  const wanted = !event.softDisabled && (!filter || matchFilter(filter, subject))
  if (filter && !wanted && comparesArray(filter)) tell('B23')
  const written = wanted && (aside ? trace.on : room)
  if (written) trace.records?.write(event, record, task)
  // Where the filter is against the record, its stack stands alone.
  for (const trigger of later) if (act(trigger, trace)) trace.records?.writeStack(task, arrival(hit))
  return written ? trace.sink(new DescribedRecord(hit, record), task) : undefined
}

function isImmediateString({ load }: FetchProgram): boolean {
  return load.kind === 'immediate-string'
}

function arrival({ event, context }: Hit): Arrival {
  if (event.definition.kind === 'return') return 'return'
  return context.optimised ? 'call' : 'breakpoint'
}

/** A record as whoever takes it needs it; its text is made when somebody reads it. */
class DescribedRecord implements TraceRecord {
  readonly event: string
  readonly group: string
  readonly kind: TraceRecord['kind']
  readonly ip: bigint
  declare readonly func?: bigint
  readonly args: TraceRecord['args']
  declare readonly consumer?: number
  readonly #definition: Definition
  readonly #record: Uint8Array

  constructor({ event, addresses, consumer }: Hit, record: Uint8Array) {
    const { name, group, definition } = event
    this.event = name
    this.group = group
    this.kind = definition.kind
    this.ip = addresses.ip
    if (addresses.func !== undefined) this.func = addresses.func
    this.args = decodeValues(definition, record)
    if (consumer !== undefined) this.consumer = consumer
    this.#definition = definition
    this.#record = record
  }

  get body(): string {
    return decodeRecord(this.#definition, this.#record).body
  }
}
