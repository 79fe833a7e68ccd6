// SPDX-License-Identifier: MIT
import { relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { loadScenarios } from '../scenario/load-scenarios.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { SelectedFile } from './select-files.ts'
import type { Test } from './test.ts'

export type LoadedTests = {
  readonly tests: readonly Test[]
  /** What is doubtful in files that are valid. */
  readonly warnings: readonly Diagnostic[]
  /** Every variant of every file without mistakes, whether it was selected or not. */
  readonly variants: readonly Scenario[]
}

/** One file: its tests, its warnings, and the other files that it was made from. */
export type LoadedFileTests = LoadedTests & {
  readonly dependencies: readonly string[]
  readonly invalid: boolean
}

/** Reads the selected files, in their order. */
export async function loadTests(files: readonly SelectedFile[], folder: string): Promise<LoadedTests> {
  const loaded = await Promise.all(files.map(file => loadFile(file, folder)))
  return {
    tests: loaded.flatMap(({ tests }) => tests),
    warnings: loaded.flatMap(({ warnings }) => warnings),
    variants: loaded.flatMap(({ variants }) => variants),
  }
}

/**
 * Reads one file. Its mistakes become one invalid test, so that they hide neither other files nor those of its variants that have none.
 * A file that only defines things for others to `use` is no test.
 */
export async function loadFile(
  { path, id, variants }: SelectedFile,
  folder: string,
): Promise<LoadedFileTests> {
  const { scenarios, diagnostics, dependencies } = await loadScenarios(path, { id, cwd: folder })
  const file = relative(folder, path)
  const invalid = diagnostics.some(({ severity }) => severity === 'error')
  const tests: Test[] = invalid ? [{ kind: 'invalid', id, file, diagnostics }] : []
  for (const scenario of scenarios) {
    const pairs = scenario.variant.map(([axis, name]) => `${axis}=${name}`)
    if (variants === 'all' || variants.some(wanted => wanted.every(pair => pairs.includes(pair)))) {
      tests.push({ kind: 'scenario', id: scenario.id, file, scenario })
    }
  }
  return {
    tests,
    warnings: invalid ? [] : diagnostics,
    variants: invalid ? [] : scenarios,
    dependencies,
    invalid,
  }
}
