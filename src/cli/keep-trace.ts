// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '../events/event.ts'
import { formatEvent } from '../events/format-event.ts'
import { fileNameOf } from './file-name-of.ts'
import { stateFolder } from './state-folder.ts'

/** Writes the events of a test to `.trapline/ID/trace.txt`, a line an event as in goldens. A text says why it could not. */
export function keepTrace(folder: string, id: string, events: readonly RecordedEvent[]): string | undefined {
  const place = join(folder, stateFolder, fileNameOf(id))
  try {
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'trace.txt'), events.map(event => `${formatEvent(event)}\n`).join(''))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
