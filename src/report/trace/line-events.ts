// SPDX-License-Identifier: MIT
import { formatEvent } from '../../events/format-event.ts'
import type { Run } from '../../expect/run.ts'

/** Every event of every kind, a line each, as goldens have them. */
export function* lineEvents({ events }: Run): Generator<string> {
  for (const event of events) yield `${formatEvent(event)}\n`
}
