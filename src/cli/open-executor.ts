// SPDX-License-Identifier: MIT
import type { MachineMemory } from '../machine/memory/machine-memory.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { ExecuteOptions } from './execute-scenario.ts'
import { isolatedExecutor } from './isolated-executor.ts'
import type { Flags } from './options.ts'
import type { Outcome } from './run-tests.ts'
import type { Shell } from './shell.ts'

export type Executor = {
  /** Given every variant of the selected files, which an update asks even when only some of them are run. */
  readonly execute: (
    variants: readonly Scenario[],
  ) => Promise<(scenario: Scenario) => Promise<Outcome | undefined>>
  readonly close: () => Promise<void>
}

/**
 * What executes the scenarios of a run: a thread of its own, which begins to load right away; or this thread, for an update and where nobody
 * could interrupt it. Engine and machine are loaded by the thread that needs them.
 */
export function openExecutor(update: Flags['update'], options: ExecuteOptions, shell: Shell): Executor {
  if (update === undefined && shell.catchInterruption) {
    const { execute, close } = isolatedExecutor(options, shell.catchInterruption(), shell.threadFlags)
    return { execute: async () => execute, close }
  }
  const here = executeHere(options)
  const close = async (): Promise<void> => undefined
  if (update === undefined) return { execute: async () => here, close }
  return {
    execute: async variants => {
      const { updateMode } = await import('./update-mode.ts')
      return updateMode({
        mode: update === 'default' ? 'all' : update,
        execute: here,
        variants,
        folder: options.folder,
        tell: text => shell.err(`trapline: ${text}`),
      })
    },
    close,
  }
}

function executeHere(options: ExecuteOptions): (scenario: Scenario) => Promise<Outcome> {
  let memory: MachineMemory | undefined
  return async scenario => {
    const { executeScenario, memoryForScenarios } = await import('./execute-scenario.ts')
    memory ??= memoryForScenarios()
    return await executeScenario(scenario, options, memory)
  }
}
