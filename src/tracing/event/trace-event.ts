// SPDX-License-Identifier: MIT
import type { Inode } from '../../kernel/kernel.ts'
import type { Consumer, ProbeSite } from '../../uprobes/uprobes.ts'
import type { Definition } from '../definition.ts'
import type { EventProgram } from '../fetch/fetch-program.ts'
import type { Filter } from '../filter/filter.ts'
import { eventFields, type Field } from '../record/fields.ts'
import type { Trigger } from '../trigger/trigger.ts'

/** What the registry knows a place by: file and offset, and the one address of one process where it is not the whole file. */
export type Target = { readonly inode: Inode; readonly offset: bigint; readonly site?: ProbeSite }

/** One place of an event: what the kernel calls a trace_uprobe. */
export type Place = {
  readonly definition: Definition
  /** Where its consumers are, or will be, registered. Of `VADDR@PID` it is known only from enabling on. */
  target: Target | undefined
  readonly program: EventProgram
  /** Entry hits, filtered and unrecorded ones too (spec 07 §9). */
  hits: bigint
  /** Made with the place; each is one registration. */
  readonly consumers: Consumer[]
  registered: boolean
  /** Deleted while it was registered (bug B3). */
  freed: boolean
}

/** An event with its state in tracefs. */
export type TraceEvent = {
  readonly group: string
  readonly name: string
  readonly id: number
  /** The first definition: it names the fields. */
  readonly definition: Definition
  readonly fields: readonly Field[]
  readonly places: Place[]
  /** Its places are registered, be it for the user or for triggers. */
  registered: boolean
  /** It has been registered at some time: the trace may hold records of it. */
  wasRegistered: boolean
  /** Registered, but records are not wanted. */
  softDisabled: boolean
  /** Triggers that may switch this event, and its own ones: while there are any, it stays registered. */
  softUsers: number
  /** Newest first. */
  triggers: readonly Trigger<TraceEvent>[]
  /** `filter` is missing where the text was refused: it is shown, but filters nothing. */
  filter: { readonly reads: string; readonly filter?: Filter } | undefined
}

/** An event as its first definition makes it: without places, off. */
export function newTraceEvent(definition: Definition, id: number): TraceEvent {
  return {
    group: definition.group,
    name: definition.event,
    id,
    definition,
    fields: eventFields(definition),
    places: [],
    registered: false,
    wasRegistered: false,
    softDisabled: false,
    softUsers: 0,
    triggers: [],
    filter: undefined,
  }
}

/** What the `enable` file reads: a star where triggers keep the event registered. */
export function readEnable({ registered, softDisabled, softUsers }: TraceEvent): string {
  return `${registered && !softDisabled ? 1 : 0}${softDisabled || softUsers > 0 ? '*' : ''}`
}
