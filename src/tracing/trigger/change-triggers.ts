// SPDX-License-Identifier: MIT
import { Errno } from '../../kernel/errno.ts'
import type { KernelPath } from '../../kernel/kernel.ts'
import { pageSize } from '../../machine/machine.ts'
import type { Refusal } from '../definition.ts'
import type { TraceEvent } from '../event/trace-event.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import { toKernelText } from '../kernel-text.ts'
import { conditionText, parseCount, parseTrigger, type TriggerLine } from './parse-trigger.ts'
import { type Trigger, triggerType } from './trigger.ts'

/** What a change of triggers needs from its surroundings. */
export type TriggerContext = {
  findEvent(name: string): TraceEvent | undefined
  /** Registers an event for a trigger, or lets go of it. */
  hold(event: TraceEvent): KernelPath<number>
  release(event: TraceEvent): KernelPath<void>
  /** Told of filters that are refused. */
  complain(refusal: Refusal): void
}

/** A line written to the `trigger` file of an event: 0 or a negated errno (spec 07 §11). */
export function* changeTriggers(
  event: TraceEvent,
  text: string,
  context: TriggerContext,
): KernelPath<number> {
  if (text === '') return 0
  if (toKernelText(text).length >= pageSize) return -Errno.EINVAL
  const line = parseTrigger(text)
  if (line === 'EINVAL') return -Errno.EINVAL
  const target = line.target && context.findEvent(`${line.target.group}/${line.target.event}`)
  if (line.target && !target) return -Errno.EINVAL

  const type = triggerType(line.name)
  const present = event.triggers.find(other => triggerType(other.name) === type && other.target === target)
  if (line.remove) {
    if (present) yield* remove(event, present, context)
    return 0
  }
  const trigger = makeTrigger(event, line, target, context)
  if (typeof trigger === 'number') return trigger
  return yield* add(event, trigger, present !== undefined, context)
}

function makeTrigger(
  event: TraceEvent,
  { name, count: countText, condition }: TriggerLine,
  target: TraceEvent | undefined,
  context: TriggerContext,
): Trigger<TraceEvent> | number {
  const count = parseCount(countText)
  if (typeof count === 'string') return -Errno[count]
  const text = conditionText(condition)
  if (text === 'EINVAL') return -Errno.EINVAL
  if (text === undefined) return { name, count, target, filter: undefined }
  const parsed = parseFilter(text, event.fields)
  if (parsed.ok) return { name, count, target, filter: { text, filter: parsed.filter } }
  context.complain(parsed.refusal)
  return -Errno[parsed.refusal.errno]
}

/** The event that a trigger may switch is registered from now on, without records; so is the event that has the trigger. */
function* add(
  event: TraceEvent,
  trigger: Trigger<TraceEvent>,
  present: boolean,
  { hold, release }: TriggerContext,
): KernelPath<number> {
  const { target } = trigger
  if (target) {
    const result = yield* hold(target)
    if (result < 0) return result
  }
  const result = present ? -Errno.EEXIST : yield* hold(event)
  if (result < 0) {
    if (target) yield* release(target)
    return result
  }
  event.triggers = [trigger, ...event.triggers]
  return 0
}

function* remove(
  event: TraceEvent,
  trigger: Trigger<TraceEvent>,
  { release }: TriggerContext,
): KernelPath<void> {
  event.triggers = event.triggers.filter(other => other !== trigger)
  yield* release(event)
  if (trigger.target) yield* release(trigger.target)
}
