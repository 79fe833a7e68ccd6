// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../events/event.ts'
import { formatEvent } from '../events/format-event.ts'
import type { Run } from '../expect/run.ts'

export type Comparable = Pick<Run, 'events' | 'output' | 'errors' | 'steps'>

/** The first thing that is not the same in two runs of one plan; undefined when everything is. */
export function findDifference(first: Comparable, second: Comparable): string | undefined {
  const length = Math.max(first.events.length, second.events.length)
  for (let index = 0; index < length; index++) {
    const [was, is] = [describe(first.events[index]), describe(second.events[index])]
    if (was !== is) return `event #${index + 1} is ${was}, then ${is}`
  }
  if (first.output !== second.output || first.errors !== second.errors) return 'in the output'
  return first.steps === second.steps ? undefined : `${first.steps} steps, then ${second.steps}`
}

function describe(event: RecordedEvent | undefined): string {
  return event ? `\`${formatEvent(event)}\` at step ${event.step}` : 'missing'
}
