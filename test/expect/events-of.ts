// SPDX-License-Identifier: MIT
import type { RecordedEvent } from '../../src/events/event.ts'

/** `a`, `b` are hits of these probes on task T; `A.a` on task A; `a=3` carries an argument. */
export function eventsOf(text: string): RecordedEvent[] {
  return text
    .split(' ')
    .filter(word => word !== '')
    .map((word, at) => {
      const [, thread = 'T', probe, value] = /^(?:(\w+)\.)?(\w+)(?:=(\d+))?$/.exec(word)!
      const args = value === undefined ? {} : { args: { v: BigInt(value) } }
      return { kind: 'hit', thread, fields: { probe: probe!, ...args }, index: at + 1, step: at }
    })
}
