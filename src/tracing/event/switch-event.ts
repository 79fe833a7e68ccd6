// SPDX-License-Identifier: MIT
import type { KernelPath } from '../../kernel/kernel.ts'
import type { Uprobes } from '../../uprobes/uprobes.ts'
import type { Place, TraceEvent } from './trace-event.ts'

/** Who asks: `user` writes the enable file, `trigger` wants the event registered without records. */
type Asker = 'user' | 'trigger'

/** Enables an event (spec 07 §9): 0, or the negated errno of the first place that could not be registered. */
export function* switchOn(uprobes: Uprobes, event: TraceEvent, asker: Asker): KernelPath<number> {
  if (asker === 'user') event.softDisabled = false
  else if (event.softUsers++ > 0) return 0
  if (event.registered) return 0

  if (asker === 'trigger') event.softDisabled = true
  // Hits of the first places are recorded while the others are still being registered.
  event.registered = true
  const result = yield* registerPlaces(uprobes, event.places)
  if (result < 0) {
    event.registered = false
    event.softDisabled = false
    if (asker === 'trigger') event.softUsers--
  }
  return result
}

/** Disables an event. While triggers use it, it stays registered and only stops recording. */
export function* switchOff(uprobes: Uprobes, event: TraceEvent, asker: Asker): KernelPath<void> {
  const released = asker === 'trigger' && --event.softUsers === 0
  if (asker === 'trigger' && !released) return
  const unregister = released ? event.softDisabled : event.softUsers === 0
  if (unregister && event.registered) {
    event.registered = false
    yield* unregisterPlaces(uprobes, event.places)
  }
  event.softDisabled = event.softUsers > 0
}

/** In list order; a failure takes back what was registered before. */
function* registerPlaces(uprobes: Uprobes, places: readonly Place[]): KernelPath<number> {
  for (const place of places) {
    const { inode, definition, consumers } = place
    for (const [index, consumer] of consumers.entries()) {
      const result = yield* uprobes.register(inode, definition.offset, definition.referenceCounter, consumer)
      if (result < 0) {
        yield* unregisterConsumers(uprobes, place, index)
        yield* unregisterPlaces(uprobes, places)
        return result
      }
    }
    place.registered = true
  }
  return 0
}

function* unregisterPlaces(uprobes: Uprobes, places: readonly Place[]): KernelPath<void> {
  for (const place of places) {
    if (place.registered) yield* unregisterConsumers(uprobes, place, place.consumers.length)
    place.registered = false
  }
}

function* unregisterConsumers(uprobes: Uprobes, place: Place, count: number): KernelPath<void> {
  for (const consumer of place.consumers.slice(0, count)) {
    yield* uprobes.unregister(place.inode, place.definition.offset, consumer)
  }
}
