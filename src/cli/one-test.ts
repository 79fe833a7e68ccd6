// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../diagnostics/render.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { ExitCode } from './exit-codes.ts'
import { loadTests } from './load-tests.ts'
import { refuse } from './refuse.ts'
import { selectFiles } from './select-files.ts'
import type { Shell } from './shell.ts'

/** The single valid test that words stand for; a number is the exit code after the reason has been told. */
export async function oneTest(
  what: readonly string[],
  usage: string,
  color: boolean,
  shell: Shell,
): Promise<Scenario | number> {
  if (what.length !== 1) return refuse(shell, `one test is needed: ${usage}`)
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const { tests } = await loadTests(selection.files, shell.folder)
  const [test] = tests
  if (test === undefined) return refuse(shell, `\`${what[0]}\` stands for no test`, ExitCode.nothingSelected)
  if (tests.length > 1) {
    const ids = tests.slice(0, 10).map(({ id }) => `\n  ${id}`)
    const more = tests.length > 10 ? `\n  and ${tests.length - 10} more` : ''
    return refuse(
      shell,
      `\`${what[0]}\` stands for ${tests.length} tests; name one of them:${ids.join('')}${more}`,
    )
  }
  if (test.kind === 'scenario') return test.scenario
  shell.err(`${renderDiagnostics(test.diagnostics, { color })}\n`)
  return ExitCode.invalid
}
