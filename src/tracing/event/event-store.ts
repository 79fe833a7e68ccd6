// SPDX-License-Identifier: MIT
import type { ErrnoName } from '../../kernel/errno.ts'
import type { Inode, Kernel } from '../../kernel/kernel.ts'
import type { BugName, BugPlace } from '../../uprobes/known-bugs.ts'
import type { KernelProfile } from '../../uprobes/profile.ts'
import type { Consumer } from '../../uprobes/uprobes.ts'
import { compareDefinitions } from '../definition/compare-definitions.ts'
import { Fault } from '../definition/fault.ts'
import { listDefinition } from '../definition/list-definition.ts'
import { matchDeletion } from '../definition/match-deletion.ts'
import { messages } from '../definition/messages.ts'
import { parseDefinition } from '../definition/parse-definition.ts'
import { parseProcessDefinition } from '../definition/parse-process-definition.ts'
import { splitLines } from '../definition/split-lines.ts'
import { refusalAt, splitWords } from '../definition/words.ts'
import type { Definition, Refusal } from '../definition.ts'
import { compileFetch } from '../fetch/fetch-program.ts'
import { findTask } from './target-of.ts'
import { newTraceEvent, type Place, type Target, type TraceEvent } from './trace-event.ts'

export type EventStoreOptions = {
  /** The registrations that a new place will need. */
  makeConsumers(event: TraceEvent, place: Place): Consumer[]
  /** Whether an event of another kind has this name. */
  taken(group: string, event: string): boolean
  /** Told where a known bug shows. */
  tell(bug: BugName, place: BugPlace): void
  /** Told of an event that is gone. */
  removed(event: TraceEvent): void
  readonly definitions: KernelProfile['definitions']
}

/** What the store needs of a kernel; `tasks` only for definitions by process. */
export type EventKernel = Pick<Kernel, 'lookup' | 'log'> & Partial<Pick<Kernel, 'tasks'>>

/** Id of the first event; the kernel's own events have those below. */
const firstId = 2326

/** The events and their places, as `uprobe_events` and `uprobe_profile` list them (spec 07 §1, §2.2, §4). */
export class EventStore {
  readonly #kernel: EventKernel
  readonly #options: EventStoreOptions
  #events: TraceEvent[] = []
  /** In the order of their making, whatever event they belong to. */
  #places: { readonly place: Place; readonly event: TraceEvent }[] = []
  #nextId = firstId

  constructor(kernel: EventKernel, options: EventStoreOptions) {
    this.#kernel = kernel
    this.#options = options
  }

  get places(): readonly { readonly place: Place; readonly event: TraceEvent }[] {
    return this.#places
  }

  /** `GROUP/EVENT`, or `EVENT`: the oldest of that name. */
  find(name: string): TraceEvent | undefined {
    return this.#events.find(event => event.name === name || `${event.group}/${event.name}` === name)
  }

  get anyRegistered(): boolean {
    return this.#events.some(event => event.registered)
  }

  /** Lines of definitions and deletions; stops at the first that is refused, what went before stays. */
  write(text: string): Refusal | undefined {
    for (const line of splitLines(text)) {
      const refusal = line === 'too long' ? this.#tooLong() : this.#writeLine(line)
      if (refusal) return refusal
    }
    return undefined
  }

  /** Removes all events, or none where one is in use. */
  removeAll(): Refusal | undefined {
    if (this.#events.some(event => this.#inUse(event))) return { errno: 'EBUSY' }
    const events = this.#events
    this.#events = []
    this.#places = []
    for (const event of events) this.#options.removed(event)
    return undefined
  }

  list(): string[] {
    return this.#places.map(({ place }) => listDefinition(place.definition))
  }

  #tooLong(): Refusal {
    this.#kernel.log('Line length is too long: Should be less than 4094')
    return { errno: 'EINVAL' }
  }

  #writeLine(line: string): Refusal | undefined {
    // Only a line that begins with it is a deletion, white space included.
    if (line.startsWith('-')) return this.#delete(line)
    const words = splitWords(line)
    if (words.length === 0) return undefined
    if (this.#options.definitions === 'vaddr-pid') return this.#writeProcessLine(line)
    const parsed = parseDefinition(line, { resolvePath: path => this.#kernel.lookup(path) })
    return parsed.ok ? this.#add(parsed.definition, words) : parsed.refusal
  }

  /** The event that a line would replace (spec 08 §9). */
  replacedBy(line: string): TraceEvent | undefined {
    if (this.#options.definitions === 'path-offset') return undefined
    const parsed = parseProcessDefinition(line)
    return parsed.ok ? this.find(`${parsed.definition.group}/${parsed.definition.event}`) : undefined
  }

  /** There is no error_log: what is wrong is told in the kernel log. */
  #writeProcessLine(line: string): Refusal | undefined {
    const parsed = parseProcessDefinition(line)
    const refusal = parsed.ok ? this.#replace(parsed.definition) : parsed.refusal
    if (refusal?.message) this.#kernel.log(`trace_uprobe: ${refusal.message}`)
    return refusal
  }

  #replace(definition: Definition): Refusal | undefined {
    const { group, event: name, process } = definition
    if (!findTask(process!.id, this.#kernel.tasks ?? [])?.mm)
      return { errno: 'ESRCH', message: `There is no process ${process!.id}` }
    if (this.#options.taken(group, name)) return { errno: 'EEXIST', message: messages.EVENT_EXIST }
    const old = this.find(`${group}/${name}`)
    const refusal = old && this.#release(this.#places.find(({ event }) => event === old)!.place, old)
    if (refusal) return { errno: refusal, message: `Event ${group}/${name} is in use` }
    this.#addPlace(this.#newEvent(definition), definition, undefined)
    return undefined
  }

  #add(definition: Definition, words: readonly string[]): Refusal | undefined {
    const inode = this.#kernel.lookup(definition.path) as Inode
    const mismatch = this.#places.some(
      ({ place }) =>
        place.target?.inode === inode &&
        place.definition.offset === definition.offset &&
        place.definition.referenceCounter !== definition.referenceCounter,
    )
    if (mismatch) {
      this.#options.tell('B21', { probe: definition.event })
      this.#kernel.log('trace_uprobe: Reference counter offset mismatch.')
      return { errno: 'EINVAL' }
    }
    const { group, event: name } = definition
    let event = this.find(`${group}/${name}`)
    if (event) {
      const difference = compareDefinitions<Inode | undefined>(event.places.map(bound), { definition, inode })
      if (difference) return refusalAt(words, difference.word, difference.fault)
    } else {
      if (this.#options.taken(group, name)) return refusalAt(words, 0, new Fault('EVENT_EXIST', 0, 'EEXIST'))
      event = this.#newEvent(definition)
    }
    this.#addPlace(event, definition, { inode, offset: definition.offset })
    return undefined
  }

  #newEvent(definition: Definition): TraceEvent {
    const event = newTraceEvent(definition, this.#nextId++)
    this.#events.push(event)
    return event
  }

  /** A place that is added to a registered event becomes active when the event is next enabled. */
  #addPlace(event: TraceEvent, definition: Definition, target: Target | undefined): void {
    const program = compileFetch(definition)
    const place: Place = {
      definition,
      target,
      program,
      hits: 0n,
      consumers: [],
      registered: false,
      freed: false,
    }
    place.consumers.push(...this.#options.makeConsumers(event, place))
    event.places.push(place)
    this.#places.push({ place, event })
  }

  #delete(line: string): Refusal | undefined {
    const matches = matchDeletion(line)
    if (matches === 'invalid') return { errno: 'EINVAL' }
    let result: ErrnoName | undefined = 'ENOENT'
    for (const { place, event } of this.#places) {
      if (!matches(place.definition)) continue
      result = this.#release(place, event)
      if (result) break
    }
    return result ? { errno: result } : undefined
  }

  /** One of several places goes without a look at whether the event is enabled, and its consumers stay registered (bug B3). */
  #release(place: Place, event: TraceEvent): ErrnoName | undefined {
    if (event.places.length > 1) {
      event.places.splice(event.places.indexOf(place), 1)
      place.freed = true
      if (place.registered) this.#options.tell('B3', { probe: place.consumers[0]?.probe ?? event.name })
    } else if (this.#inUse(event)) {
      return 'EBUSY'
    } else {
      this.#events = this.#events.filter(other => other !== event)
      this.#options.removed(event)
    }
    this.#places = this.#places.filter(other => other.place !== place)
    return undefined
  }

  #inUse(event: TraceEvent): boolean {
    return (
      event.registered || this.#events.some(({ triggers }) => triggers.some(({ target }) => target === event))
    )
  }
}

function bound({ definition, target }: Place): { definition: Definition; inode: Inode | undefined } {
  return { definition, inode: target?.inode }
}
