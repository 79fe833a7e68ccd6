// SPDX-License-Identifier: MIT
import type { Filter } from '../filter/filter.ts'

export const triggerNames: readonly string[] = [
  'traceon',
  'traceoff',
  'stacktrace',
  'enable_event',
  'disable_event',
]

export type TriggerName = 'traceon' | 'traceoff' | 'stacktrace' | 'enable_event' | 'disable_event'

/** A trigger of an event (spec 07 §11). `Target` is what enable_event and disable_event act on. */
export type Trigger<Target> = {
  readonly name: TriggerName
  /** Times that it may still act; -1: no limit. */
  count: bigint
  readonly filter: { readonly text: string; readonly filter: Filter } | undefined
  readonly target: Target | undefined
}

/** What a trigger switches. An event has one trigger of a type, and one for each target; `!traceon` removes a `traceoff`. */
export function triggerType(name: TriggerName): 'tracing' | 'stack' | 'event' {
  if (name === 'stacktrace') return 'stack'
  return name === 'traceon' || name === 'traceoff' ? 'tracing' : 'event'
}

/**
 * These wait until the record is written or dropped; the others act before. All of their type then act, which makes a difference to
 * none, there being one of a type.
 */
export function actsAfterwards(name: TriggerName): boolean {
  return name === 'traceoff' || name === 'stacktrace'
}

/** A line of the `trigger` file. */
export function listTrigger<Target>(
  { name, count, filter, target }: Trigger<Target>,
  describeTarget: (target: Target) => string,
): string {
  const head = target === undefined ? name : `${name}:${describeTarget(target)}`
  const limit = count === -1n ? 'unlimited' : `count=${count}`
  return `${head}:${limit}${filter ? ` if ${filter.text}` : ''}`
}

/** What the file says when there is none. */
export const noTriggers = '# Available triggers:\n# traceon traceoff stacktrace enable_event disable_event\n'
