// SPDX-License-Identifier: MIT
/** Runs in a thread of its own: executes one scenario at a time for `isolated-executor.ts`. */
import { parentPort } from 'node:worker_threads'
import { loadScenarios } from '../scenario/load-scenarios.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type ExecuteOptions, executeScenario, memoryForScenarios } from './execute-scenario.ts'
import type { Outcome } from './run-tests.ts'

/** Scenarios cannot be sent, as they hold functions; the file is read again. `fileId` is the id without the variant. */
export type Request = {
  readonly path: string
  readonly fileId: string
  readonly id: string
  readonly options: ExecuteOptions
}
/** `ready` when everything is loaded; `outcome` answers a request. */
export type Reply = { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: Outcome }

const port = parentPort!
const memory = memoryForScenarios()
const files = new Map<string, Promise<readonly Scenario[]>>()

port.on('message', async ({ path, fileId, id, options }: Request) => {
  const scenarios = files.get(path) ?? loadFile(path, fileId, options.folder)
  files.set(path, scenarios)
  const scenario = (await scenarios).find(candidate => candidate.id === id)
  if (!scenario) throw new Error(`${path} has changed while it was being run: ${id} is gone`)
  const { ran: _, ...outcome } = await executeScenario(scenario, options, memory)
  send({ kind: 'outcome', outcome })
})
send({ kind: 'ready' })

async function loadFile(path: string, id: string, cwd: string): Promise<readonly Scenario[]> {
  return (await loadScenarios(path, { id, cwd })).scenarios
}

function send(reply: Reply): void {
  port.postMessage(reply)
}
