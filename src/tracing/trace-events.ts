// SPDX-License-Identifier: MIT
import { Errno } from '../kernel/errno.ts'
import type { Kernel, KernelPath, Task } from '../kernel/kernel.ts'
import { pageSize } from '../machine/machine.ts'
import type { BugName, BugPlace } from '../uprobes/known-bugs.ts'
import type { KernelProfile } from '../uprobes/profile.ts'
import type { Consumer } from '../uprobes/uprobes.ts'
import type { KernelTrace } from './buffer/kernel-trace.ts'
import { type EventFormat, eventFormat } from './definition/event-format.ts'
import type { Definition, Refusal } from './definition.ts'
import { ErrorLog } from './error-log.ts'
import { EventStore } from './event/event-store.ts'
import { makeConsumer } from './event/make-consumer.ts'
import type { TraceBuffer } from './event/record-hit.ts'
import { type ProbeRegistry, switchOff, switchOn } from './event/switch-event.ts'
import { type Place, readEnable, type TraceEvent } from './event/trace-event.ts'
import { bufferSize } from './fetch/fetch-arguments.ts'
import { parseFilter } from './filter/parse-filter.ts'
import { fromKernelText, toKernelText } from './kernel-text.ts'
import type { TraceRecord } from './trace-record.ts'
import { changeTriggers } from './trigger/change-triggers.ts'
import { listTrigger, noTriggers } from './trigger/trigger.ts'

export type EventOptions = {
  /** `Consumer.probe`; the event's name by default. */
  readonly probe?: string
  /** Registrations of each place, every one of which records; 1 by default. With more, records carry a consumer index. */
  readonly consumers?: number
  /** Adds behaviour to a consumer. */
  wrap?(consumer: Consumer, index: number): Consumer
}

export type TraceEventsOptions = {
  /** Takes each record, in the context of the task that hit. */
  sink(record: TraceRecord, task: Task): KernelPath<void> | undefined
  /** Keeps the binary records, for whoever wants the kernel's own text. */
  readonly records?: KernelTrace
  /** Asked for each place when it is defined. */
  event?(definition: Definition): EventOptions
  /** Told where a known bug shows. */
  bug?(bug: BugName, place: BugPlace): void
  /** Whether an event of another kind has this name. */
  taken?(group: string, event: string): boolean
  /** How events are defined and what they can do; those of the default profile unless given. */
  readonly choices?: TracingChoices
}

export type TracingChoices = Pick<KernelProfile, 'definitions' | 'output'>

export type TracedKernel = Pick<Kernel, 'lookup' | 'log' | 'crash'> & Partial<Pick<Kernel, 'tasks'>>

/** One line of `uprobe_profile`. */
export type ProfileLine = {
  readonly group: string
  readonly event: string
  readonly path: string
  readonly hits: bigint
}

/**
 * Event tracing as far as uprobes go: `uprobe_events`, the files of each event, `uprobe_profile`, `error_log` (spec 07). Events are
 * named `GROUP/EVENT` or just `EVENT`, which means the oldest of that name.
 */
export class TraceEvents {
  readonly errors = new ErrorLog()
  readonly #kernel: TracedKernel
  readonly #choices: TracingChoices
  readonly #uprobes: ProbeRegistry
  readonly #store: EventStore
  readonly #trace: TraceBuffer
  /** event_mutex. */
  #locked = false

  constructor(kernel: TracedKernel, uprobes: ProbeRegistry, options: TraceEventsOptions) {
    this.#kernel = kernel
    this.#choices = options.choices ?? { definitions: 'path-offset', output: 'trace-events' }
    this.#uprobes = uprobes
    this.#trace = {
      on: true,
      buffer: new Uint8Array(bufferSize),
      records: options.records,
      sink: (record, task) => options.sink(record, task),
      tell: (bug, place) => options.bug?.(bug, place),
    }
    this.#store = new EventStore(kernel, {
      definitions: this.#choices.definitions,
      // The numbers of its records mean nothing any more (spec 07 §2.2).
      removed: event => {
        if (event.wasRegistered && this.#choices.definitions === 'path-offset') options.records?.clear()
      },
      taken: (group, event) => options.taken?.(group, event) ?? false,
      tell: (bug, place) => options.bug?.(bug, place),
      makeConsumers: (event, place) =>
        makeConsumers(kernel, this.#trace, event, place, options.event?.(place.definition) ?? {}),
    })
  }

  /** `tracing_on`. */
  get tracingOn(): boolean {
    return this.#trace.on
  }

  set tracingOn(on: boolean) {
    this.#trace.on = on
  }

  /** A write to `uprobe_events`: one line or several, definitions and deletions; stops at the first that is refused. */
  define(text: string): Refusal | undefined {
    const refusal = this.#store.write(text)
    if (refusal) this.errors.add('trace_uprobe', refusal)
    return refusal
  }

  /** As `define`, of one line; an enabled event that it replaces is disabled first (spec 08 §9). */
  *redefine(line: string): KernelPath<Refusal | undefined> {
    const replaced = this.#store.replacedBy(line)
    if (replaced?.registered) yield* this.#exclusively(switchOff(this.#uprobes, replaced, 'user'))
    return this.define(line)
  }

  /** Removes `GROUP/EVENT`, or `EVENT` in every group. */
  undefine(name: string): Refusal | undefined {
    return this.define(`-:${name}`)
  }

  /** Opening `uprobe_events` with O_TRUNC: removes all, or none and EBUSY where one is in use. */
  removeAll(): Refusal | undefined {
    return this.#store.removeAll()
  }

  /** `uprobe_events`, a line for each place in the order of their making. */
  list(): string[] {
    return this.#store.list()
  }

  /** `uprobe_profile`. */
  profile(): readonly ProfileLine[] {
    return this.#store.places.map(({ place, event }) => ({
      group: event.group,
      event: event.name,
      path: place.definition.path,
      hits: place.hits,
    }))
  }

  /** A 1 written to the event's `enable`: 0 or a negated errno (spec 07 §9). */
  *enable(name: string): KernelPath<number> {
    const event = this.#store.find(name)
    if (!event) return -Errno.ENOENT
    return yield* this.#exclusively(this.#switchOn(event, 'user'))
  }

  /**
   * A 0 written to the event's `enable`. Returns once no record of it can follow; `restored` is called before that, when the bytes are
   * back and handlers may still run.
   */
  *disable(name: string, restored?: () => void): KernelPath<void> {
    const event = this.#store.find(name)
    if (event) yield* this.#exclusively(switchOff(this.#uprobes, event, 'user', restored))
  }

  /** What the event's `enable` reads: `0`, `1`, with a star where triggers keep it registered. */
  readEnable(name: string): string | undefined {
    const event = this.#store.find(name)
    return event && readEnable(event)
  }

  /** A write to the event's `filter`. A refused text leaves no filter in place (spec 07 §10). */
  setFilter(name: string, text: string): Refusal | undefined {
    const event = this.#hasFiles ? this.#store.find(name) : undefined
    if (!event) return { errno: 'ENOENT' }
    if (toKernelText(text).length >= pageSize) return { errno: 'EINVAL' }
    // Up to a NUL.
    const written = fromKernelText(toKernelText(text).split('\0', 1)[0]!.trimEnd())
    if (written.trimStart() === '0') {
      event.filter = undefined
      return undefined
    }
    const parsed = parseFilter(written, event.fields)
    event.filter = parsed.ok ? { reads: parsed.reads, filter: parsed.filter } : { reads: parsed.reads }
    if (parsed.ok) return undefined
    this.errors.add('event filter parse error', parsed.refusal)
    return parsed.refusal
  }

  readFilter(name: string): string {
    return `${this.#store.find(name)?.filter?.reads ?? 'none'}\n`
  }

  /** A write to the event's `trigger`: 0 or a negated errno. It may register this event and another one (spec 07 §11). */
  *setTrigger(name: string, text: string): KernelPath<number> {
    const event = this.#hasFiles ? this.#store.find(name) : undefined
    if (!event) return -Errno.ENOENT
    const change = changeTriggers(event, text, {
      findEvent: target => this.#store.find(target),
      hold: target => this.#switchOn(target, 'trigger'),
      release: target => switchOff(this.#uprobes, target, 'trigger'),
      complain: refusal => this.errors.add('event filter parse error', refusal),
    })
    return yield* this.#exclusively(change)
  }

  readTrigger(name: string): string {
    const triggers = this.#store.find(name)?.triggers ?? []
    if (triggers.length === 0) return noTriggers
    return triggers
      .map(trigger => `${listTrigger(trigger, target => `${target.group}:${target.name}`)}\n`)
      .join('')
  }

  /** Number and layout of an event, for its `id` and `format` files. */
  format(name: string): ({ readonly id: number } & EventFormat) | undefined {
    const event = this.#store.find(name)
    return event && { id: event.id, ...eventFormat(event.definition) }
  }

  /** Filter and trigger of an event are files of trace events; a tracer plugin has one switch for all of its output. */
  get #hasFiles(): boolean {
    return this.#choices.output === 'trace-events'
  }

  *#switchOn(event: TraceEvent, asker: 'user' | 'trigger'): KernelPath<number> {
    // The processor's buffer is a new page whenever the first event is registered.
    if (!this.#store.anyRegistered) this.#trace.buffer.fill(0)
    const result = yield* switchOn(this.#uprobes, this.#kernel.tasks ?? [], event, asker)
    if (result < 0) this.#kernel.log(`event trace: Could not enable event ${event.name}`)
    return result
  }

  *#exclusively<T>(path: KernelPath<T>): KernelPath<T> {
    while (this.#locked) {
      yield { kind: 'sleep', reason: 'event_mutex', interruptible: false, ready: () => !this.#locked }
    }
    this.#locked = true
    const result = yield* path
    this.#locked = false
    return result
  }
}

function makeConsumers(
  kernel: Pick<Kernel, 'log' | 'crash'>,
  trace: TraceBuffer,
  event: TraceEvent,
  place: Place,
  { probe = event.name, consumers = 1, wrap }: EventOptions,
): Consumer[] {
  return Array.from({ length: consumers }, (_, index) => {
    const consumer = makeConsumer(kernel, trace, {
      event,
      place,
      probe,
      ...(consumers > 1 ? { consumer: index } : {}),
    })
    return wrap?.(consumer, index) ?? consumer
  })
}
