// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { measureVariant } from '../../engine/compare/measure-variant.ts'
import { variantsOf } from '../../engine/compare/variant.ts'
import { makePlan } from '../../plan/make-plan.ts'
import { comparisonBars } from '../../report/compare/bars.ts'
import type { Comparison } from '../../report/compare/comparison.ts'
import { comparisonJson } from '../../report/compare/comparison-json.ts'
import { comparisonTable } from '../../report/compare/table.ts'
import { inkFor } from '../../report/ink.ts'
import type { Command } from '../commands.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { loadTests } from '../load-tests.ts'
import { parseAxes } from '../parse-axes.ts'
import { refuse } from '../refuse.ts'
import { missingRequirements } from '../requirements.ts'
import { selectFiles } from '../select-files.ts'
import { wantsColor } from '../shell.ts'
import { cacheFolder } from '../state-folder.ts'

/** Runs tests on kernels of other choices, and prints for each a table with a column a variant. What they expect is not looked at. */
export const compare: Command = async (what, { over = [], json = false, svg, color }, shell) => {
  if (what.length === 0 || over.length === 0)
    return refuse(
      shell,
      'what to run, and on which kernels: trapline compare <what> --over execute=xol,inline',
    )
  const axes = parseAxes(over)
  if (typeof axes === 'string') return refuse(shell, axes)
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const { tests } = await loadTests(selection.files, shell.folder)
  if (tests.length === 0) return refuse(shell, 'nothing is selected', ExitCode.nothingSelected)

  const colored = wantsColor(color, shell)
  const variants = variantsOf(axes)
  const options = { cacheFolder: cacheFolder(shell.folder) }
  const comparisons: Comparison[] = []
  const codes: number[] = []
  for (const test of tests) {
    if (test.kind !== 'scenario') {
      shell.err(`${renderDiagnostics(test.diagnostics, { color: colored })}\n`)
      codes.push(ExitCode.invalid)
      continue
    }
    const missing = missingRequirements(test.scenario, shell.environment['PATH'])
    if (missing.length > 0) {
      shell.err(`trapline: ${test.id} is not compared: needs ${missing.join(', ')}\n`)
      continue
    }
    // What is wrong on its own kernel is a mistake of the file, and says nothing about the others.
    const plan = await makePlan(test.scenario, options)
    if (!plan.ok) {
      shell.err(`${renderDiagnostics(plan.diagnostics, { color: colored })}\n`)
      codes.push(ExitCode.invalid)
      continue
    }
    const columns: Comparison['columns'][number][] = []
    for (const variant of variants)
      columns.push({
        variant,
        outcome: await measureVariant(test.scenario, variant, options),
      })
    const comparison = { id: test.id, columns }
    comparisons.push(comparison)
    shell.out(json ? comparisonJson(comparison) : `${comparisonTable(comparison, inkFor(colored))}\n`)
  }
  if (svg !== undefined) {
    const problem = write(resolve(shell.folder, svg), comparisonBars(comparisons))
    if (problem) return refuse(shell, problem)
  }
  return worstExitCode(codes)
}

/** A text says why it could not. */
function write(path: string, content: string): string | undefined {
  try {
    writeFileSync(path, content)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
