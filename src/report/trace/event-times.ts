// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../events/event.ts'

/** Microseconds that a step takes in a picture: events inside of one are spread over it, so that all have a time of their own. */
const stepWidth = 1

/** When each event is drawn, in microseconds, always growing; the last entry is the end of the run. */
export function eventTimes(events: readonly RecordedEvent[]): number[] {
  const times: number[] = []
  for (let first = 0; first < events.length; ) {
    const { step } = events[first]!
    let end = first
    while (end < events.length && events[end]!.step === step) end++
    const gap = stepWidth / (end - first + 1)
    for (let index = first; index < end; index++)
      times.push(round(step * stepWidth + gap * (index - first + 1)))
    first = end
  }
  times.push(((events.at(-1)?.step ?? 0) + 1) * stepWidth)
  return times
}

/** Picoseconds are enough for a million events in a step, and keep decimals short. */
function round(microseconds: number): number {
  return Math.round(microseconds * 1e6) / 1e6
}
