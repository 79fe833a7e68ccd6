// SPDX-License-Identifier: MIT
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export const scenarioFile = /\.ya?ml$/

/**
 * Scenario files below a folder, absolute when the folder is, in the order of their paths. Hidden folders and `node_modules` are
 * left out.
 */
export function findFiles(folder: string, matches: RegExp = scenarioFile): string[] {
  const found: string[] = []
  const entries = readdirSync(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!skipped(entry.name)) found.push(...findFiles(path, matches))
    } else if (matches.test(entry.name) && isFile(path)) found.push(path)
  }
  return found
}

function skipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules'
}

/** True for a link to a file too. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
