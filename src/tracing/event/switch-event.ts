// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { Consumer, Uprobes } from '../../uprobes/uprobes.ts'
import { targetOf } from './target-of.ts'
import type { Place, TraceEvent } from './trace-event.ts'

/** What events need of the registry. */
export type ProbeRegistry = Pick<Uprobes, 'register' | 'remove' | 'synchronise'>

/** Who asks: `user` writes the enable file, `trigger` wants the event registered without records. */
type Asker = 'user' | 'trigger'

/** Enables an event (spec 07 §9): 0, or the negated errno of the first place that could not be registered. */
export function* switchOn(
  uprobes: ProbeRegistry,
  tasks: readonly Task[],
  event: TraceEvent,
  asker: Asker,
): KernelPath<number> {
  if (asker === 'user') event.softDisabled = false
  else if (event.softUsers++ > 0) return 0
  if (event.registered) return 0

  if (asker === 'trigger') event.softDisabled = true
  // Hits of the first places are recorded while the others are still being registered.
  event.registered = true
  const result = yield* registerPlaces(uprobes, tasks, event.places)
  event.wasRegistered ||= result === 0
  if (result < 0) {
    event.registered = false
    event.softDisabled = false
    if (asker === 'trigger') event.softUsers--
  }
  return result
}

/**
 * Disables an event. While triggers use it, it stays registered and only stops recording. `restored` is called when the bytes are
 * back, before the wait for handlers that still run.
 */
export function* switchOff(
  uprobes: ProbeRegistry,
  event: TraceEvent,
  asker: Asker,
  restored?: () => void,
): KernelPath<void> {
  const released = asker === 'trigger' && --event.softUsers === 0
  if (asker === 'trigger' && !released) return
  const unregister = released ? event.softDisabled : event.softUsers === 0
  if (unregister && event.registered) {
    event.registered = false
    yield* unregisterPlaces(uprobes, event.places, restored)
  }
  event.softDisabled = event.softUsers > 0
}

/** In list order; a failure takes back what was registered before. */
function* registerPlaces(
  uprobes: ProbeRegistry,
  tasks: readonly Task[],
  places: readonly Place[],
): KernelPath<number> {
  const registered: Registration[] = []
  for (const [place, consumer] of registrations(places)) {
    const { referenceCounter, process } = place.definition
    const target = process ? targetOf(process, tasks) : place.target!
    if (typeof target !== 'number') place.target = target
    const result =
      typeof target === 'number'
        ? target
        : yield* uprobes.register(target.inode, target.offset, referenceCounter, consumer, target.site)
    if (result < 0) {
      yield* unregister(uprobes, registered)
      return result
    }
    registered.push([place, consumer])
  }
  for (const place of places) place.registered = true
  return 0
}

function* unregisterPlaces(
  uprobes: ProbeRegistry,
  places: readonly Place[],
  restored?: () => void,
): KernelPath<void> {
  const registered = places.filter(place => place.registered)
  for (const place of registered) place.registered = false
  yield* unregister(uprobes, registrations(registered), restored)
}

/** All consumers go before the wait for those who are still inside one of them, as the kernel does it. */
function* unregister(
  uprobes: ProbeRegistry,
  registered: readonly Registration[],
  restored?: () => void,
): KernelPath<void> {
  for (const [{ target }, consumer] of registered)
    yield* uprobes.remove(target!.inode, target!.offset, consumer)
  restored?.()
  for (const [, consumer] of registered) yield* uprobes.synchronise(consumer)
}

type Registration = readonly [place: Place, consumer: Consumer]

function registrations(places: readonly Place[]): Registration[] {
  return places.flatMap(place => place.consumers.map((consumer): Registration => [place, consumer]))
}
