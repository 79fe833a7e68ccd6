// SPDX-License-Identifier: MIT
import { isAbsolute, relative, sep } from 'node:path'
import { scenarioFile } from './find-files.ts'

/** The folder that ids are relative to, where there is one of that name. */
export const scenariosFolder = 'scenarios'

/**
 * The id of a scenario file: its path without the extension, below the nearest folder named `scenarios`, or else below the
 * folder in which the tool was started; the bare name for a file outside of both.
 */
export function scenarioId(path: string, startedIn: string): string {
  const parts = path.replace(scenarioFile, '').split(sep)
  const root = parts.lastIndexOf(scenariosFolder, parts.length - 2)
  if (root >= 0) return parts.slice(root + 1).join('/')
  const below = relative(startedIn, parts.join(sep))
  return below.startsWith('..') || isAbsolute(below) ? parts.at(-1)! : below.split(sep).join('/')
}
