// SPDX-License-Identifier: MIT
import type { EventKind } from './event-kinds.ts'
import type { Value } from './value.ts'

/** What an event says beside who and when; the names are those of the table in `event-kinds.ts`. A missing field is absent, never undefined. */
export type Fields = { readonly [name: string]: Value }

/** One thing that happened. `thread` is the task's name in the file (`kernel` for actions of the schedule). */
export type Event = {
  readonly kind: EventKind
  readonly thread: string
  readonly fields: Fields
}

/** An event in a run: numbered from 1 in the order of recording; `step` is how many steps all tasks had made (spec conformance §3). */
export type RecordedEvent = Event & { readonly index: number; readonly step: number }
