// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { describeSpan } from '../../diagnostics/source-file.ts'
import { makePlan } from '../../plan/make-plan.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { filterTests } from '../filter-tests.ts'
import { findOrphanGoldens } from '../find-orphan-goldens.ts'
import { loadTests } from '../load-tests.ts'
import { refuse } from '../refuse.ts'
import { missingRequirements } from '../requirements.ts'
import { selectFiles } from '../select-files.ts'
import { wantsColor } from '../shell.ts'
import { cacheFolder } from '../state-folder.ts'

/** Tells every mistake that can be found without running anything. */
export const check: Command = async (what, { color, grep, tag: tags }, shell) => {
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const loaded = await loadTests(selection.files, shell.folder)
  const tests = filterTests(loaded.tests, { grep, tags })
  if (tests.length === 0) return refuse(shell, 'nothing is selected', ExitCode.nothingSelected)
  const found: Diagnostic[] = [...loaded.warnings]
  for (const test of tests) {
    const missing =
      test.kind === 'scenario' ? missingRequirements(test.scenario, shell.environment['PATH']) : []
    if (test.kind === 'invalid') found.push(...test.diagnostics)
    else if (missing.length > 0) {
      shell.err(`trapline: ${test.id} is checked without its programs: needs ${missing.join(', ')}\n`)
    } else {
      const plan = await makePlan(test.scenario, { cacheFolder: cacheFolder(shell.folder) })
      found.push(...(plan.ok ? (plan.warnings ?? []) : plan.diagnostics))
    }
  }
  const everything =
    tests.length === loaded.tests.length && selection.files.every(({ variants }) => variants === 'all')
  if (everything) found.push(...findOrphanGoldens(tests, shell.folder))
  const distinct = withoutRepetitions(found)
  if (distinct.length > 0)
    shell.out(`${renderDiagnostics(distinct, { color: wantsColor(color, shell) })}\n\n`)
  const errors = distinct.filter(({ severity }) => severity === 'error').length
  const counts = [
    count(tests.length, 'test'),
    count(errors, 'error'),
    count(distinct.length - errors, 'warning'),
  ]
  shell.out(`${counts.join(', ')}\n`)
  return errors > 0 ? ExitCode.invalid : ExitCode.ok
}

/** Variants of one file repeat what they share. */
function withoutRepetitions(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = new Map(
    diagnostics.map(diagnostic => {
      const { code, message, labels } = diagnostic
      return [`${code} ${message} ${labels[0] ? describeSpan(labels[0].span) : ''}`, diagnostic]
    }),
  )
  return [...byPlace.values()]
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
