// SPDX-License-Identifier: MIT
import { isDeepStrictEqual } from 'node:util'
import { Errno } from '../../src/kernel/errno.ts'
import type { Refusal } from '../../src/tracing/definition.ts'
import { fromKernelText } from '../../src/tracing/kernel-text.ts'
import { TraceEvents } from '../../src/tracing/trace-events.ts'
import { corpusTree, exePath } from './corpus-tree.ts'

/** What a live kernel made of one definition or filter. */
export type CorpusRecord = {
  readonly line: string
  readonly definition: string
  readonly before?: readonly string[]
  readonly filter?: string
  readonly ok: boolean
  readonly errno?: number
  readonly listed?: readonly string[]
  readonly removed?: readonly string[]
  readonly format?: readonly string[]
  readonly print?: string
  readonly error?: {
    readonly subsystem: string
    readonly message: string
    readonly command: string
    readonly caret: number
  }
  readonly reads?: string
}

/** Reads a file of records; `$EXE` becomes a path of thirteen characters, as where it was recorded. */
export function readCorpus(json: string): CorpusRecord[] {
  return JSON.parse(json.replaceAll('$EXE', exePath)) as CorpusRecord[]
}

/**
 * Differences between a record and what our kernel makes of the same request; none when it passes. Where there are characters beyond
 * ASCII, they may be the bytes that the kernel was given, one each.
 */
export function checkRecord(record: CorpusRecord): string[] {
  const differences = differencesOf(record)
  if (differences.length === 0 || !/[\x80-\xff]/.test(JSON.stringify(record))) return differences
  return differencesOf(mapTexts(record, fromKernelText)).length === 0 ? [] : differences
}

function mapTexts<T>(value: T, change: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'string' ? change(part) : part)) as T
}

function differencesOf(record: CorpusRecord): string[] {
  const events = new TraceEvents(
    {
      lookup: corpusTree,
      log: () => {},
      crash: () => ({ kind: 'sleep', reason: 'crash', interruptible: false, ready: () => false }),
    },
    {
      *register() {
        return 0
      },
      *remove() {
        return 0
      },
      *synchronise() {},
    },
    { *sink() {} },
  )
  const setUp: readonly string[] = record.before ?? []
  const filters = record.filter === undefined ? [] : [...setUp.slice(1), record.filter]
  const definitions = record.filter === undefined ? setUp : [record.definition]
  for (const definition of definitions) {
    const refusal = events.define(written(definition))
    if (refusal) return [`the definition before it is refused: ${definition}: ${refusal.errno}`]
  }
  for (const filter of filters.slice(0, -1)) events.setFilter(eventOf(events), filter)

  events.errors.clear()
  const before = events.list()
  const refusal =
    record.filter === undefined
      ? events.define(written(record.definition))
      : events.setFilter(eventOf(events), written(record.filter))
  return compare(record, observe(record, events, before, refusal))
}

function observe(
  record: CorpusRecord,
  events: TraceEvents,
  before: readonly string[],
  refusal: Refusal | undefined,
): Partial<CorpusRecord> {
  const after = events.list()
  const listed = after.filter(line => !before.includes(line))
  const removed = before.filter(line => !after.includes(line))
  const format = listed.length === 1 ? events.format(listed[0]!.slice(2).split(' ')[0]!) : undefined
  const error = events.errors.entries.at(-1)
  return {
    ok: refusal === undefined,
    ...(refusal ? { errno: Errno[refusal.errno] } : {}),
    ...(listed.length > 0 ? { listed } : {}),
    ...(removed.length > 0 ? { removed } : {}),
    ...(format ? { format: format.fields, print: format.print } : {}),
    ...(error ? { error } : {}),
    ...(record.filter === undefined ? {} : { reads: events.readFilter(eventOf(events)) }),
  }
}

const compared = ['ok', 'errno', 'error', 'listed', 'removed', 'format', 'print', 'reads'] as const

function compare(expected: CorpusRecord, actual: Partial<CorpusRecord>): string[] {
  return compared
    .filter(key => !isDeepStrictEqual(orAbsent(expected[key]), orAbsent(actual[key])))
    .map(key => `${key}: kernel ${JSON.stringify(expected[key])}, here ${JSON.stringify(actual[key])}`)
}

/** A list may be left out where it is empty. */
function orAbsent(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value
}

/** The one event of a filter record. */
function eventOf(events: TraceEvents): string {
  return events.list()[0]!.slice(2).split(' ')[0]!
}

/** `\n` and `\t` stand for a line break and a tab. */
function written(text: string): string {
  return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
}
