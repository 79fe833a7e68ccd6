// SPDX-License-Identifier: MIT
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Scenario } from '../scenario/scenario.ts'
import { isFile } from './find-files.ts'

/** What a scenario needs and this computer, or this version, has not; empty when it can run. */
export function missingRequirements(scenario: Scenario, searchPath: string | undefined): readonly string[] {
  const needs = new Set(scenario.requires)
  if ([...scenario.binaries.values()].some(({ kind }) => kind === 'c')) needs.add('cc')
  if (!scenario.engines.includes('emulator')) needs.add('live-kernel')
  return [...needs].filter(need => !isPresent(need, searchPath))
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
