// SPDX-License-Identifier: MIT
import type { Run } from '../../expect/run.ts'
import { eventToJson } from '../json.ts'

/** Every event as a JSON object, one a line. */
export function* jsonEvents({ events }: Run): Generator<string> {
  for (const event of events) yield `${JSON.stringify(eventToJson(event))}\n`
}
