// SPDX-License-Identifier: MIT
import { readdirSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { goldenPath } from '../expect/golden/golden-file.ts'
import { orphanGoldens } from '../expect/golden/orphan-goldens.ts'
import { scenarioFile } from './find-files.ts'
import type { Test } from './test.ts'

/**
 * Goldens beside the tests' files that no test writes. Only files all of whose variants are among the tests can tell; those with mistakes cannot.
 */
export function findOrphanGoldens(tests: readonly Test[], folder: string): Diagnostic[] {
  const invalid = new Set(tests.filter(({ kind }) => kind === 'invalid').map(({ file }) => file))
  const used = new Set(
    tests.flatMap(test => (test.kind === 'scenario' ? (goldenPath(test.scenario) ?? []) : [])),
  )
  const files = [...new Set(tests.map(({ file }) => file))]
  return [...new Set(files.map(file => dirname(file)))].flatMap(place => {
    const known = files.filter(file => dirname(file) === place && !invalid.has(file))
    const here = resolve(folder, place)
    return orphanGoldens(
      relative(folder, here),
      readdirSync(here).sort(),
      new Set([...used].filter(path => dirname(path) === here).map(path => basename(path))),
      new Set(known.map(file => basename(file).replace(scenarioFile, ''))),
    )
  })
}
