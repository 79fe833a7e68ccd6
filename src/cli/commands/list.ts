// SPDX-License-Identifier: MIT
import { type Ink, inkFor } from '../../report/ink.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { passes } from '../filter-tests.ts'
import type { Outline } from '../outline.ts'
import { outlineFiles } from '../outline-files.ts'
import { refuse } from '../refuse.ts'
import { missingOf } from '../requirements.ts'
import { selectFiles } from '../select-files.ts'
import { wantsColor } from '../shell.ts'

/** Ids and titles of tests, with what keeps one from running. Invalid files are listed with their first mistake. */
export const list: Command = async (what, { json, color, grep, tag: tags }, shell) => {
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const outlines = await outlineFiles(selection.files, shell.folder)
  const tests = outlines.filter(({ id, title, tags: own, invalid }) =>
    passes({ id, title, tags: invalid === undefined ? own : undefined }, { grep, tags }),
  )
  const searchPath = shell.environment['PATH']
  if (json) for (const test of tests) shell.out(`${JSON.stringify(toJson(test, searchPath))}\n`)
  else shell.out(toText(tests, searchPath, inkFor(wantsColor(color, shell))))
  if (tests.some(({ invalid }) => invalid !== undefined)) return ExitCode.invalid
  return tests.length > 0 ? ExitCode.ok : ExitCode.nothingSelected
}

function toText(tests: readonly Outline[], searchPath: string | undefined, ink: Ink): string {
  const width = Math.min(36, Math.max(0, ...tests.map(({ id }) => id.length)))
  const files = new Set(tests.map(({ file }) => file)).size
  const lines = tests.map(test => {
    const hindrance = hindranceOf(test, searchPath)
    const tags = test.tags.join(', ')
    const parts = [
      test.id.padEnd(width),
      hindrance && ink.yellow(hindrance),
      test.title,
      tags && ink.dim(`[${tags}]`),
    ]
    return parts.filter(part => part).join('  ')
  })
  return [...lines, `${plural(tests.length, 'test')} in ${plural(files, 'file')}`, ''].join('\n')
}

/** Why the test would not just run; undefined when it would. */
function hindranceOf(test: Outline, searchPath: string | undefined): string | undefined {
  const { invalid, skip, xfail, only, needs } = test
  if (invalid !== undefined) return `invalid: ${invalid}`
  if (skip !== undefined) return `skip: ${skip}`
  const missing = missingOf(needs, searchPath)
  if (missing.length > 0) return `skip: needs ${missing.join(', ')}`
  if (xfail !== undefined) return `xfail: ${xfail}`
  return only ? 'only' : undefined
}

function toJson(test: Outline, searchPath: string | undefined): object {
  const { id, file, invalid, line, title, tags, skip, xfail, only, requires, needs } = test
  if (invalid !== undefined) return { id, file, invalid }
  const missing = missingOf(needs, searchPath)
  return { id, file, line, title, tags, skip, xfail, only, requires, missing }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
