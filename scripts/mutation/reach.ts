// SPDX-License-Identifier: MIT
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { loadSpecs, run, type Tests } from './run-specs.ts'

/** A file a mutant: reading them all would take each process longer than its tests. */
const recorded = 'reach/'

/** What mutated code counts in `globalThis.__stryker__` while no mutant is switched on. */
type Counts = {
  currentTestId?: string | undefined
  mutantCoverage?: {
    readonly static: Readonly<Record<string, number>>
    readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>
  }
}

/** Whether it has been written down which tests run into which mutant. */
export function isRecorded(folder: string): boolean {
  return existsSync(folder + recorded)
}

/** The tests that run into a mutant; undefined: none. A mutant in code that loading a module runs is everybody's. */
export function reachOf(folder: string, mutant: string): Tests | undefined {
  const path = `${folder}${recorded}${mutant}.json`
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tests) : undefined
}

/** Runs all specs and writes beside them which tests run into which mutant. */
export async function recordReach(folder: string): Promise<void> {
  const counts: Counts = {}
  Object.assign(globalThis, { __stryker__: counts })
  const mocha = await loadSpecs(folder, { bail: false })
  const all: Record<string, string[]> = {}
  mocha.suite.beforeEach(function () {
    const test = this.currentTest!
    const name = basename(test.file!)
    ;(all[name] ??= []).push(test.fullTitle())
    counts.currentTestId = JSON.stringify([name, test.fullTitle()])
  })
  mocha.suite.afterEach(() => {
    counts.currentTestId = undefined
  })
  const failures = await run(mocha)
  if (failures > 0) throw new Error(`${failures} tests fail without a mutant`)

  const reach: Record<string, Record<string, string[]>> = {}
  const { static: everywhere, perTest } = counts.mutantCoverage!
  for (const [id, mutants] of Object.entries(perTest)) {
    const [name, title] = JSON.parse(id) as [string, string]
    for (const mutant of Object.keys(mutants)) ((reach[mutant] ??= {})[name] ??= []).push(title)
  }
  for (const mutant of Object.keys(everywhere)) reach[mutant] = all
  mkdirSync(folder + recorded)
  for (const [mutant, tests] of Object.entries(reach))
    writeFileSync(`${folder}${recorded}${mutant}.json`, JSON.stringify(tests))
}
