// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../diagnostics/render.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { ExitCode } from './exit-codes.ts'
import { filterTests, focusTests } from './filter-tests.ts'
import { readLastFailed } from './last-run.ts'
import { loadTests } from './load-tests.ts'
import type { Flags } from './options.ts'
import { refuse } from './refuse.ts'
import { type FileSelection, selectFiles } from './select-files.ts'
import type { Shell } from './shell.ts'
import { stateFolder } from './state-folder.ts'
import type { Test } from './test.ts'

export type ChosenTests = {
  readonly tests: readonly Test[]
  /** Every variant of the files without mistakes, chosen or not. */
  readonly variants: readonly Scenario[]
}

/** The tests that a run was asked for, in file order; a number is the exit code after the reason has been told. */
export async function chooseTests(
  what: readonly string[],
  flags: Flags,
  forbidOnly: boolean,
  shell: Shell,
): Promise<ChosenTests | number> {
  const selection = flags['last-failed'] ? selectLastFailed(what, shell) : selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  if (selection.ids?.size === 0) return refuse(shell, 'nothing failed in the last run', ExitCode.ok)
  const { tests, warnings, variants } = await loadTests(selection.files, shell.folder)
  if (warnings.length > 0) shell.err(`${renderDiagnostics(warnings, { color: false })}\n\n`)
  const filtered = filterTests(tests, { ...flags, tags: flags.tag, ids: selection.ids })
  const chosen = forbidOnly ? filtered : focusTests(filtered)
  if (chosen.length === 0) {
    const code = flags['pass-with-no-tests'] ? ExitCode.ok : ExitCode.nothingSelected
    return refuse(shell, 'nothing is selected: no test fits what was asked for', code)
  }
  const rest = filtered.length - chosen.length
  if (rest > 0) shell.err(`trapline: not run because others have \`only\`: ${rest}\n`)
  return { tests: chosen, variants }
}

/** Those that failed in the last run: all of them, or those among the files that words stand for. */
function selectLastFailed(what: readonly string[], { folder }: Shell): FileSelection {
  const failed = readLastFailed(folder)
  if (!failed)
    return { ok: false, message: `there is no last run: ${stateFolder}/last-run.json cannot be read` }
  const ids = new Set(failed.map(({ id }) => id))
  const words = what.length > 0 ? what : [...new Set(failed.map(({ file }) => file))]
  if (words.length === 0) return { ok: true, files: [], ids }
  const selection = selectFiles(words, folder)
  return selection.ok ? { ...selection, ids } : selection
}
