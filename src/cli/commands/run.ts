// SPDX-License-Identifier: MIT
import { randomInt } from 'node:crypto'
import type { RecordedEvent } from '../../events/event.ts'
import type { MachineMemory } from '../../machine/memory/machine-memory.ts'
import type { Message, Result } from '../../report/messages.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { chooseTests } from '../choose-tests.ts'
import type { Command } from '../commands.ts'
import { executeScenario, memoryForScenarios } from '../execute-scenario.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { isolatedExecutor } from '../isolated-executor.ts'
import { keepTrace } from '../keep-trace.ts'
import { writeLastRun } from '../last-run.ts'
import { refuse } from '../refuse.ts'
import { openReporting } from '../reporting.ts'
import { isBug, type Outcome, runTests } from '../run-tests.ts'
import { isSet, wantsColor } from '../shell.ts'
import { shuffle } from '../shuffle.ts'
import { stateFolder } from '../state-folder.ts'
import { updateMode } from '../update-mode.ts'
import { version } from '../version.ts'

/** Runs tests, reports on them, and leaves their results and traces for the next command. */
export const run: Command = async (what, flags, shell) => {
  const inCi = isSet(shell.environment['CI'])
  if (flags.update !== undefined && inCi) {
    return refuse(shell, '--update is refused where CI is set: goldens are changed by people')
  }
  const forbidOnly = flags['forbid-only'] ?? inCi
  const chosen = await chooseTests(what, flags, forbidOnly, shell)
  if (typeof chosen === 'number') return chosen
  const { tests, variants } = chosen
  const { quiet = false, verbose = false, full = false } = flags
  const color = wantsColor(flags.color, shell)
  const reporting = openReporting(flags.reporter, { color, quiet, verbose, full }, shell)
  if (typeof reporting === 'string') return refuse(shell, reporting)

  const seed = flags.shuffle === 'default' ? randomInt(2 ** 31) : flags.shuffle
  let traces: string | undefined
  const options = {
    folder: shell.folder,
    verifyDeterministic: flags['verify-deterministic'] ?? false,
    color,
    full,
  }
  let memory: MachineMemory | undefined
  const here = (scenario: Scenario): Promise<Outcome> =>
    executeScenario(scenario, options, (memory ??= memoryForScenarios()))
  const isolated =
    shell.catchInterruption && !flags.update
      ? isolatedExecutor(options, shell.catchInterruption(), shell.threadFlags)
      : undefined
  const execute = flags.update
    ? updateMode({
        mode: flags.update === 'default' ? 'all' : flags.update,
        execute: here,
        variants,
        folder: shell.folder,
        tell: text => shell.err(`trapline: ${text}`),
      })
    : (isolated?.execute ?? here)
  const messages = runTests(seed === undefined ? tests : shuffle(tests, seed), {
    version: version(),
    execute,
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
  await isolated?.close()
  reporting.close()
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
