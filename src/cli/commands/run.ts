// SPDX-License-Identifier: MIT
import { randomInt } from 'node:crypto'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import type { Message, Result } from '../../report/messages.ts'
import type { Command } from '../commands.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { filterTests, focusTests } from '../filter-tests.ts'
import { readLastFailed, stateFolder, writeLastRun } from '../last-run.ts'
import { loadTests } from '../load-tests.ts'
import type { Flags } from '../options.ts'
import { openReporting } from '../reporting.ts'
import { isBug, runTests } from '../run-tests.ts'
import { type FileSelection, selectFiles } from '../select-files.ts'
import { isSet, type Shell, wantsColor } from '../shell.ts'
import { shuffle } from '../shuffle.ts'
import { version } from '../version.ts'

/** Runs tests and reports on them. */
export const run: Command = async (what, flags, shell) => {
  const refuse = (message: string, code: number = ExitCode.usage): number => {
    shell.err(`trapline: ${message}\n`)
    return code
  }
  const inCi = isSet(shell.environment['CI'])
  if (flags.update !== undefined && inCi)
    return refuse('--update is refused where CI is set: goldens are changed by people')
  const selection = select(what, flags, shell)
  if (!selection.ok) return refuse(selection.message)

  const { tests: loaded, warnings } = await loadTests(selection.files, shell.folder)
  const color = wantsColor(flags.color, shell)
  if (warnings.length > 0) shell.err(`${renderDiagnostics(warnings, { color: false })}\n`)
  const { grep, tag: tags } = flags
  const filtered = filterTests(loaded, {
    ...(grep !== undefined && { grep }),
    ...(tags && { tags }),
    ...(selection.ids && { ids: selection.ids }),
  })
  const forbidOnly = flags['forbid-only'] ?? inCi
  const chosen = forbidOnly ? filtered : focusTests(filtered)
  if (chosen.length === 0) {
    const none = 'nothing is selected: no test fits what was asked for'
    return flags['pass-with-no-tests'] ? refuse(none, ExitCode.ok) : refuse(none, ExitCode.nothingSelected)
  }
  if (chosen.length < filtered.length) {
    shell.err(
      `trapline: ${filtered.length - chosen.length} tests are left out, because another one has \`only\`\n`,
    )
  }

  const { quiet = false, verbose = false, full = false } = flags
  const reporting = openReporting(flags.reporter, { color, quiet, verbose, full }, shell)
  if (typeof reporting === 'string') return refuse(reporting)
  const seed = flags.shuffle === 'default' ? randomInt(2 ** 31) : flags.shuffle
  const messages = runTests(seed === undefined ? chosen : shuffle(chosen, seed), {
    version: version(),
    execute: async scenario => executor.execute(scenario),
    clock: () => performance.now(),
    stopped: () => shell.stopped() !== undefined,
    forbidOnly,
    ...(flags.bail !== undefined && { bail: flags.bail === 'default' ? 1 : flags.bail }),
    ...(seed !== undefined && { seed }),
    events: flags.trace ?? 'on-fail',
    searchPath: shell.environment['PATH'],
  })
  const results: Result[] = []
  const codes: number[] = []
  for await (const message of messages) {
    reporting.tell(message)
    codes.push(...exitCodes(message))
    if (message.type === 'result') results.push(message)
  }
  reporting.close()
  const unwritten = writeLastRun(shell.folder, results)
  if (unwritten) shell.err(`trapline: the results are not kept for --last-failed: ${unwritten}\n`)
  return worstExitCode(codes)
}

/** Files that the words stand for; with `--last-failed`, those of the failed tests (among the words' files, where there are words). */
function select(
  what: readonly string[],
  flags: Flags,
  { folder }: Shell,
): FileSelection & { readonly ids?: ReadonlySet<string> } {
  if (!flags['last-failed']) return selectFiles(what, folder)
  const failed = readLastFailed(folder)
  if (!failed)
    return { ok: false, message: `there is no last run: ${stateFolder}/last-run.json cannot be read` }
  const ids = new Set(failed.map(({ id }) => id))
  if (what.length > 0) return { ...selectFiles(what, folder), ids }
  const files = [...new Set(failed.map(({ file }) => file))]
  return files.length === 0 ? { ok: true, files: [], ids } : { ...selectFiles(files, folder), ids }
}

function exitCodes(message: Message): number[] {
  if (message.type === 'summary') return message.stopped === 'interrupted' ? [ExitCode.interrupted] : []
  if (message.type !== 'result') return []
  const bug = message.diagnostics.some(isBug) ? [ExitCode.bug] : []
  if (message.status === 'invalid') return [ExitCode.invalid, ...bug]
  return message.status === 'failed' || message.status === 'xpass' ? [ExitCode.failed, ...bug] : bug
}
