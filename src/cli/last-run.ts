// SPDX-License-Identifier: MIT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { badStatuses } from '../report/counts.ts'
import type { Result, Status } from '../report/messages.ts'
import { stateFolder } from './state-folder.ts'

/** What `.trapline/last-run.json` holds of each test; `file` is relative to the folder of the run. */
export type LastResult = { readonly id: string; readonly file: string; readonly status: Status }

const lastRunFile = (folder: string): string => join(folder, stateFolder, 'last-run.json')

/** Keeps what a run found. A text says why it could not. */
export function writeLastRun(folder: string, results: readonly Result[]): string | undefined {
  const kept: LastResult[] = results.map(({ id, file, status }) => ({ id, file, status }))
  try {
    mkdirSync(dirname(lastRunFile(folder)), { recursive: true })
    writeFileSync(lastRunFile(folder), `${JSON.stringify({ format: 1, results: kept }, null, 2)}\n`)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The tests that failed in the last run; undefined when no run has left anything that can be read. */
export function readLastFailed(folder: string): readonly LastResult[] | undefined {
  try {
    const { results } = JSON.parse(readFileSync(lastRunFile(folder), 'utf8')) as { results: LastResult[] }
    return results.filter(({ status }) => badStatuses.has(status))
  } catch {
    return undefined
  }
}
