// SPDX-License-Identifier: MIT
import type { Event } from './event.ts'
import { describeKind, type EventKind } from './event-kinds.ts'
import { formatValue } from './format-value.ts'
import { isMap } from './value.ts'

/**
 * One event as one line of a golden: kind, subject, task, then the fields in the order of the table, e.g.
 * `hit add_in A ip=calc:add args={a=2, b=3}`. No numbers of events, no alignment. `only` restricts the fields behind the task.
 */
export function formatEvent(event: Event, only?: readonly string[]): string {
  const { subject, fields } = describeKind(event.kind)
  const words: string[] = [event.kind, formatSubject(event), formatValue(event.thread, 'name')]
  for (const [name, { type }] of Object.entries(fields)) {
    const value = event.fields[name]
    if (name === subject || value === undefined || (only && !only.includes(name))) continue
    words.push(`${name}=${formatValue(value, type)}`)
  }
  return words.join(' ')
}

/** Fields worth their room in a report, where the task has a column of its own and addresses have none. */
const shortFields: Partial<Record<EventKind, readonly string[]>> = {
  attach: ['errno'],
  quiesce: ['threads'],
  resumed: ['steps', 'time'],
  step: ['slot'],
  stepped: ['slot'],
  boosted: ['slot'],
  syscall: ['result'],
  signal: ['action'],
  fault: ['address'],
  fork: ['type'],
  mmap: ['start', 'length', 'rights'],
  munmap: ['start', 'length'],
}

/** An event in few words: `hit add_in 20, 0`, `step add_in, slot 1`, `exit 11`. */
export function shortEvent(event: Event): string {
  if (event.kind === 'exit') return shortExit(event)
  if (event.kind === 'bug') return `bug ${formatSubject(event)}: ${event.fields['note']}`
  const subject = `${event.kind} ${formatSubject(event)}`
  const args = event.fields['args']
  const values = args !== undefined && isMap(args) ? Object.values(args).map(value => formatValue(value)) : []
  const consumer = event.fields['consumer']
  const details = (shortFields[event.kind] ?? []).flatMap(name => {
    const value = event.fields[name]
    return value === undefined ? [] : [`${name} ${typeof value === 'string' ? value : formatValue(value)}`]
  })
  if (consumer !== undefined) details.push(`consumer ${formatValue(consumer)}`)
  return [values.length > 0 ? `${subject} ${values.join(', ')}` : subject, ...details].join(', ')
}

/** The same with the task before it: `[A] hit add_in 20, 0`. */
export function eventOnThread(event: Event): string {
  return `[${formatValue(event.thread, 'name')}] ${shortEvent(event)}`
}

function shortExit(event: Event): string {
  const { value, code, signal } = event.fields
  if (signal !== undefined) return `exit by ${formatValue(signal, 'name')}`
  const shown = value ?? code
  return shown === undefined ? 'exit' : `exit ${formatValue(shown)}`
}

function formatSubject(event: Event): string {
  const { subject, fields } = describeKind(event.kind)
  const value = event.fields[subject]
  return value === undefined ? '-' : formatValue(value, fields[subject]!.type)
}
