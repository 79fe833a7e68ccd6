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

/**
 * Reads the selected files. The mistakes of a file become one invalid test, so that they hide neither other files nor those of its
 * variants that have none. A file that only defines things for others to `use` is no test.
 */
export async function loadTests(files: readonly SelectedFile[], folder: string): Promise<LoadedTests> {
  const tests: Test[] = []
  const warnings: Diagnostic[] = []
  const all: Scenario[] = []
  const loaded = await Promise.all(files.map(({ path, id }) => loadScenarios(path, { id, cwd: folder })))
  for (const [index, { path, id, variants }] of files.entries()) {
    const { scenarios, diagnostics } = loaded[index]!
    const file = relative(folder, path)
    const invalid = diagnostics.some(({ severity }) => severity === 'error')
    if (invalid) tests.push({ kind: 'invalid', id, file, diagnostics })
    else {
      warnings.push(...diagnostics)
      all.push(...scenarios)
    }
    for (const scenario of scenarios) {
      const pairs = scenario.variant.map(([axis, name]) => `${axis}=${name}`)
      if (variants === 'all' || variants.some(wanted => wanted.every(pair => pairs.includes(pair)))) {
        tests.push({ kind: 'scenario', id: scenario.id, file, scenario })
      }
    }
  }
  return { tests, warnings, variants: all }
}
