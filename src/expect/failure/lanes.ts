// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'
import { eventOnThread, shortEvent } from '../../events/format-event.ts'
import { painter, type ReportInput } from './report-input.ts'

const eventsBefore = 4
const eventsAfter = 1
/** More tasks than these have no room side by side. */
const mostLanes = 6
const widestCell = 40

/**
 * The events around a failure, a column for each task. `position` is the index of the event that broke it, or the number of events
 * where the end did.
 */
export function lanes(
  input: ReportInput,
  events: readonly RecordedEvent[],
  position: number,
  remark: string,
): string[] {
  const all = input.options.full ?? false
  const from = all ? 0 : Math.max(0, position - eventsBefore)
  const to = all ? events.length : Math.min(events.length, position + 1 + eventsAfter)
  const shown = events.slice(from, to)
  const tasks = tasksInOrder(input, shown)
  const number = Math.max(2, ...shown.map(({ index }) => String(index).length))
  const bad = events[position]
  const rows = tasks.length > mostLanes ? asList(shown) : asTable(shown, tasks)
  const paint = painter(input)
  const lines = rows.map(({ event, text }) => {
    const isBad = event !== undefined && event === bad
    const mark = isBad ? paint('mark', '▶') : ' '
    const end = isBad ? `    ← ${remark}` : ''
    return `  ${mark} ${event ? String(event.index).padStart(number) : '#'.padStart(number)}  ${text}${end}`.trimEnd()
  })
  return [...lines, ...hidden(from, events.length - to)]
}

type Row = { readonly event: RecordedEvent | undefined; readonly text: string }

function asTable(events: readonly RecordedEvent[], tasks: readonly string[]): Row[] {
  const widths = tasks.map(task => {
    const cells = events.filter(({ thread }) => thread === task).map(event => shortEvent(event).length)
    return Math.min(widestCell, Math.max(task.length, ...cells)) + 3
  })
  const row = (cell: (task: string) => string) =>
    tasks
      .map((task, at) => cell(task).padEnd(widths[at]!))
      .join('')
      .trimEnd()
  return [
    { event: undefined, text: row(task => task) },
    ...events.map(event => ({ event, text: row(task => (task === event.thread ? shortEvent(event) : '')) })),
  ]
}

function asList(events: readonly RecordedEvent[]): Row[] {
  return events.map(event => ({ event, text: eventOnThread(event) }))
}

/** The kernel first, then tasks as the file names them, then those that they made. */
function tasksInOrder({ plan }: ReportInput, events: readonly RecordedEvent[]): string[] {
  const seen = new Set(events.map(({ thread }) => thread))
  const { threads, processes } = plan.scenario
  const known = ['kernel', ...threads.keys(), ...processes.keys()].filter(name => seen.has(name))
  return [...new Set([...known, ...seen])]
}

function hidden(before: number, after: number): string[] {
  const parts: string[] = []
  if (before > 0) parts.push(`${before} earlier ${before === 1 ? 'event' : 'events'} matched`)
  if (after > 0) parts.push(`${after} later ${after === 1 ? 'one' : 'ones'} not examined`)
  if (parts.length === 0) return []
  return [`        … ${parts.join(', ')} (--full shows all)`]
}
