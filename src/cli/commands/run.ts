// SPDX-License-Identifier: MIT
import { randomInt } from 'node:crypto'
import type { RecordedEvent } from '../../events/event.ts'
import type { Message, Result } from '../../report/messages.ts'
import { type ChosenTests, chooseTests } from '../choose-tests.ts'
import type { Command } from '../commands.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { keepTrace } from '../keep-trace.ts'
import { writeLastRun } from '../last-run.ts'
import { type Executor, openExecutor } from '../open-executor.ts'
import type { Flags } from '../options.ts'
import { refuse } from '../refuse.ts'
import { openReporting, type Reporting } from '../reporting.ts'
import { isBug, runTests } from '../run-tests.ts'
import { isSet, type Shell, wantsColor } from '../shell.ts'
import { shuffle } from '../shuffle.ts'
import { stateFolder } from '../state-folder.ts'
import { version } from '../version.ts'

/** Runs tests, reports on them, and leaves their results and traces for the next command. */
export const run: Command = async (what, flags, shell) => {
  const inCi = isSet(shell.environment['CI'])
  if (flags.update !== undefined && inCi) {
    return refuse(shell, '--update is refused where CI is set: goldens are changed by people')
  }
  const forbidOnly = flags['forbid-only'] ?? inCi
  const { quiet = false, verbose = false, full = false } = flags
  const color = wantsColor(flags.color, shell)
  const reporting = openReporting(flags.reporter, { color, quiet, verbose, full }, shell)
  if (typeof reporting === 'string') return refuse(shell, reporting)
  const verifyDeterministic = flags['verify-deterministic'] ?? false
  const executor = openExecutor(
    flags.update,
    { folder: shell.folder, verifyDeterministic, color, full },
    shell,
  )
  try {
    const chosen = await chooseTests(what, flags, forbidOnly, shell)
    if (typeof chosen === 'number') return chosen
    return await runChosen(chosen, { flags, forbidOnly, shell, reporting, executor })
  } finally {
    await executor.close()
    reporting.close()
  }
}

type Circumstances = {
  readonly flags: Flags
  readonly forbidOnly: boolean
  readonly shell: Shell
  readonly reporting: Reporting
  readonly executor: Executor
}

async function runChosen(
  { tests, variants }: ChosenTests,
  { flags, forbidOnly, shell, reporting, executor }: Circumstances,
): Promise<number> {
  const seed = flags.shuffle === 'default' ? randomInt(2 ** 31) : flags.shuffle
  let traces: string | undefined
  const messages = runTests(seed === undefined ? tests : shuffle(tests, seed), {
    version: version(),
    execute: await executor.execute(variants),
    clock: () => performance.now(),
    stopped: () => shell.interrupted?.() ?? false,
    forbidOnly,
    ...(flags.bail !== undefined && { bail: flags.bail === 'default' ? 1 : flags.bail }),
    ...(seed !== undefined && { seed }),
    events: flags.trace ?? 'on-fail',
    searchPath: shell.environment['PATH'],
    traces: () => traces,
  })
  const results: Result[] = []
  const codes: number[] = []
  let events: RecordedEvent[] = []
  for await (const message of messages) {
    reporting.tell(message)
    codes.push(...exitCodes(message))
    if (message.type === 'event') events.push(message.event)
    if (message.type !== 'result') continue
    results.push(message)
    const problem = events.length > 0 ? keepTrace(shell.folder, message.id, events) : undefined
    if (problem) shell.err(`trapline: the trace of ${message.id} is not kept: ${problem}\n`)
    else if (events.length > 0) traces = `${stateFolder}/`
    events = []
  }
  const problem = writeLastRun(shell.folder, results)
  if (problem) shell.err(`trapline: the results are not kept for --last-failed: ${problem}\n`)
  return worstExitCode(codes)
}

function exitCodes(message: Message): number[] {
  if (message.type === 'summary') return message.stopped === 'interrupted' ? [ExitCode.interrupted] : []
  if (message.type !== 'result') return []
  const bug = message.diagnostics.some(isBug) ? [ExitCode.bug] : []
  if (message.status === 'invalid') return [ExitCode.invalid, ...bug]
  return message.status === 'failed' || message.status === 'xpass' ? [ExitCode.failed, ...bug] : bug
}
