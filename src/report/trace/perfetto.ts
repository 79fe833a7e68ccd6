// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'
import type { EventKind } from '../../events/event-kinds.ts'
import { shortEvent } from '../../events/format-event.ts'
import type { Run } from '../../expect/run.ts'
import { eventToJson } from '../json.ts'
import { eventTimes } from './event-times.ts'

/** An entry of the trace-event format that Perfetto and chrome://tracing read; times in microseconds. */
type Entry = {
  readonly ph: 'M' | 'X' | 'i' | 's' | 'f'
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly id?: number
  readonly [key: string]: unknown
}

type Track = { readonly pid: number; readonly tid: number }

/** The track of what no task does: attach, detach, and actions of the schedule. */
const kernelTrack: Track = { pid: 0, tid: 0 }
/** Part of the time until the next event that a slice without an end takes. */
const shortSlice = 0.5

/**
 * One track a task. A slice is the way of a task through a probe, from its trap until it goes on; arrows show who runs next and who
 * makes whom; everything else is an instant. One step is drawn a microsecond long; each entry says in its arguments which step it was.
 */
export function* perfetto(run: Run): Generator<string> {
  yield '{"displayTimeUnit":"ns","traceEvents":[\n'
  let first = true
  for (const entry of entriesOf(run)) {
    yield `${first ? '' : ',\n'}${JSON.stringify(entry)}`
    first = false
  }
  yield '\n]}\n'
}

function* entriesOf(run: Run): Generator<Entry> {
  const { events } = run
  const tracks = tracksOf(run)
  yield* names(tracks)
  const times = eventTimes(events)
  const resumes = resumesOf(events)
  const trackOf = (task: string): Track => tracks.get(task) ?? kernelTrack
  let arrow = 0
  for (const [index, event] of events.entries()) {
    const track = trackOf(event.thread)
    const ts = times[index]!
    const length = round((times[index + 1]! - ts) * shortSlice)
    const common = { ...track, ts, cat: event.kind, args: eventToJson(event) }
    const target = event.fields[event.kind === 'fork' ? 'child' : 'to']
    if (event.kind === 'trap') {
      const end = resumes.get(index)
      const dur = end === undefined ? length : round(times[end]! - ts)
      yield { ph: 'X', name: String(event.fields['probe']), ...common, dur }
    } else if ((event.kind === 'switch' || event.kind === 'fork') && typeof target === 'string') {
      const there = { ...trackOf(target), ts, cat: event.kind }
      const flow = { name: event.kind, id: ++arrow, ts, cat: event.kind }
      yield { ph: 'X', name: shortEvent(event), ...common, dur: length }
      yield { ph: 'X', name: event.kind === 'fork' ? 'start' : 'run', ...there, dur: length, args: {} }
      yield { ph: 's', ...flow, ...track }
      yield { ph: 'f', bp: 'e', ...flow, ...trackOf(target) }
    } else {
      yield { ph: 'i', s: 't', name: shortEvent(event), ...common }
    }
  }
}

function tracksOf({ tasks, events }: Run): ReadonlyMap<string, Track> {
  const tracks = new Map<string, Track>()
  for (const { name, id, process } of tasks) tracks.set(name, { pid: process, tid: id })
  for (const { thread } of events) if (!tracks.has(thread)) tracks.set(thread, kernelTrack)
  return tracks
}

function* names(tracks: ReadonlyMap<string, Track>): Generator<Entry> {
  const processes = new Set<number>()
  for (const [name, track] of tracks) {
    if (!processes.has(track.pid)) yield { ph: 'M', name: 'process_name', ...track, args: { name } }
    processes.add(track.pid)
    yield { ph: 'M', name: 'thread_name', ...track, args: { name } }
  }
}

/** What a task can do between a trap and its next instruction, beside the out-of-line execution. */
const partOfHit: ReadonlySet<EventKind> = new Set([
  'hit',
  'ret',
  'mmap',
  'step',
  'emulating',
  'switch',
  'log',
])
const resuming: ReadonlySet<EventKind> = new Set(['stepped', 'boosted', 'emulated', 'exit'])

/**
 * For each trap the index of the event with which its task has come through: the instruction has been stepped or emulated. Where neither
 * comes (the probe is gone, a handler sends the task elsewhere) it is the last event that belongs to the hit.
 */
function resumesOf(events: readonly RecordedEvent[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  const open = new Map<string, { readonly trap: number; stepping: boolean }>()
  for (const [index, { kind, thread }] of events.entries()) {
    const hit = open.get(thread)
    if (kind === 'trap') open.set(thread, { trap: index, stepping: false })
    else if (hit) {
      const comesThrough = resuming.has(kind)
      const belongs = comesThrough || hit.stepping || partOfHit.has(kind)
      if (belongs) ends.set(hit.trap, index)
      if (comesThrough || !belongs) open.delete(thread)
      hit.stepping ||= kind === 'step'
    }
  }
  return ends
}

function round(microseconds: number): number {
  return Math.round(microseconds * 1e6) / 1e6
}
