// SPDX-License-Identifier: MIT
import { positionAt } from '../../diagnostics/source-file.ts'
import { firstFailure } from '../../report/first-failure.ts'
import { type Ink, inkFor } from '../../report/ink.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { filterTests } from '../filter-tests.ts'
import { loadTests } from '../load-tests.ts'
import { refuse } from '../refuse.ts'
import { missingRequirements } from '../requirements.ts'
import { selectFiles } from '../select-files.ts'
import { wantsColor } from '../shell.ts'
import type { Test } from '../test.ts'

/** Ids and titles of tests, with what keeps one from running. Invalid files are listed with their first mistake. */
export const list: Command = async (what, { json, color, grep, tag: tags }, shell) => {
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const tests = filterTests((await loadTests(selection.files, shell.folder)).tests, { grep, tags })
  const searchPath = shell.environment['PATH']
  if (json) for (const test of tests) shell.out(`${JSON.stringify(toJson(test, searchPath))}\n`)
  else shell.out(toText(tests, searchPath, inkFor(wantsColor(color, shell))))
  if (tests.some(({ kind }) => kind === 'invalid')) return ExitCode.invalid
  return tests.length > 0 ? ExitCode.ok : ExitCode.nothingSelected
}

function toText(tests: readonly Test[], searchPath: string | undefined, ink: Ink): string {
  const width = Math.min(36, Math.max(0, ...tests.map(({ id }) => id.length)))
  const files = new Set(tests.map(({ file }) => file)).size
  const lines = tests.map(test => {
    const hindrance = hindranceOf(test, searchPath)
    const title = test.kind === 'scenario' ? test.scenario.title.value : ''
    const tags = test.kind === 'scenario' ? test.scenario.tags.join(', ') : ''
    const parts = [
      test.id.padEnd(width),
      hindrance && ink.yellow(hindrance),
      title,
      tags && ink.dim(`[${tags}]`),
    ]
    return parts.filter(part => part).join('  ')
  })
  return [...lines, `${plural(tests.length, 'test')} in ${plural(files, 'file')}`, ''].join('\n')
}

/** Why the test would not just run; undefined when it would. */
function hindranceOf(test: Test, searchPath: string | undefined): string | undefined {
  if (test.kind === 'invalid') return `invalid: ${firstFailure(test.diagnostics)}`
  const { skip, xfail, only } = test.scenario
  if (skip !== undefined) return `skip: ${skip}`
  const missing = missingRequirements(test.scenario, searchPath)
  if (missing.length > 0) return `skip: needs ${missing.join(', ')}`
  if (xfail !== undefined) return `xfail: ${xfail}`
  return only ? 'only' : undefined
}

function toJson(test: Test, searchPath: string | undefined): object {
  const { id, file } = test
  if (test.kind === 'invalid') return { id, file, invalid: firstFailure(test.diagnostics) }
  const { title, tags, skip, xfail, only, requires } = test.scenario
  const { line } = positionAt(title.span.file, title.span.start)
  const missing = missingRequirements(test.scenario, searchPath)
  return { id, file, line, title: title.value, tags, skip, xfail, only, requires, missing }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
