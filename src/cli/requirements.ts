// SPDX-License-Identifier: MIT
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Scenario } from '../scenario/scenario.ts'
import { isFile } from './find-files.ts'

/** What a scenario needs of the computer: what it says, and what its programs and engines imply. */
export function requirementsOf({ requires, binaries, engines }: Scenario): readonly string[] {
  const needs = new Set(requires)
  if ([...binaries.values()].some(({ kind }) => kind === 'c')) needs.add('cc')
  if (!engines.includes('emulator')) needs.add('live-kernel')
  return [...needs]
}

/** What a scenario needs and this computer, or this version, has not; empty when it can run. */
export function missingRequirements(scenario: Scenario, searchPath: string | undefined): readonly string[] {
  return missingOf(requirementsOf(scenario), searchPath)
}

export function missingOf(needs: readonly string[], searchPath: string | undefined): readonly string[] {
  return needs.filter(need => !isPresent(need, searchPath))
}

/** `live-kernel` is for engines that this version has not. Everything else is a program, by its name. */
function isPresent(need: string, searchPath = ''): boolean {
  if (need === 'live-kernel' || need.includes('/')) return false
  return searchPath.split(delimiter).some(folder => folder !== '' && isExecutable(join(folder, need)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return isFile(path)
  } catch {
    return false
  }
}
