// SPDX-License-Identifier: MIT
import { basename, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { describeBug } from './describe-bug.ts'
import type { ExecuteOptions } from './execute-scenario.ts'
import type { Reply, Request } from './execution-worker.ts'
import type { Outcome } from './run-tests.ts'

export type IsolatedExecutor = {
  /** Undefined when the run was interrupted before the scenario was done. */
  readonly execute: (scenario: Scenario) => Promise<Outcome | undefined>
  readonly close: () => Promise<void>
}

/**
 * Executes scenarios in a thread of its own, so that this one can always be interrupted, and a scenario that keeps its thread busy for more
 * than `limits: { wall }` ends as a failure of its own. A thread that is lost is replaced for the next scenario.
 */
export function isolatedExecutor(
  options: ExecuteOptions,
  interrupted: Promise<void>,
  threadFlags: readonly string[] = [],
): IsolatedExecutor {
  let worker = startWorker(threadFlags)
  const ended = interrupted.then(() => undefined)
  return {
    execute: async scenario => {
      const outcome = await Promise.race([attempt(worker, scenario, options), ended])
      if (outcome && !outcome.lost) return outcome.outcome
      await worker.thread.terminate()
      if (outcome) worker = startWorker(threadFlags)
      return outcome?.outcome
    },
    close: async () => void (await worker.thread.terminate()),
  }
}

type RunningWorker = { readonly thread: Worker; readonly ready: Promise<unknown> }
/** `lost`: the thread can do nothing more. */
type Attempt = { readonly outcome: Outcome; readonly lost: boolean }

function startWorker(flags: readonly string[]): RunningWorker {
  // The file has the extension that this one has: `.ts` from the sources, `.js` when built.
  const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const thread = new Worker(new URL(`./execution-worker${extension}`, import.meta.url), {
    execArgv: [...flags],
  })
  thread.unref()
  return { thread, ready: new Promise(resolve => thread.once('message', resolve)) }
}

function attempt(
  { thread, ready }: RunningWorker,
  scenario: Scenario,
  options: ExecuteOptions,
): Promise<Attempt> {
  return new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    const finish = (outcome: Outcome, lost: boolean): void => {
      clearTimeout(timer)
      thread.off('message', onMessage).off('error', onError).off('exit', onExit).unref()
      resolve({ outcome, lost })
    }
    const onMessage = (reply: Reply): void => void (reply.kind === 'outcome' && finish(reply.outcome, false))
    const onError = (error: Error): void => finish(bug(scenario, error), true)
    const onExit = (code: number): void =>
      finish(bug(scenario, new Error(`the thread ended with exit code ${code}`)), true)
    thread.on('message', onMessage).on('error', onError).on('exit', onExit).ref()
    ready.then(() => {
      timer = setTimeout(() => finish(tooLong(scenario), true), scenario.limits.wall)
      thread.postMessage(requestFor(scenario, options))
    })
  })
}

function requestFor(scenario: Scenario, options: ExecuteOptions): Request {
  return {
    path: join(scenario.folder, basename(scenario.file.path)),
    fileId: scenario.id.replace(/\[.*\]$/, ''),
    id: scenario.id,
    options,
  }
}

function tooLong(scenario: Scenario): Outcome {
  const seconds = scenario.limits.wall / 1000
  return failure(scenario, 'T015', `the run took longer than ${seconds} s of this computer's time`, {
    help: ['raise `limits: { wall: … }`, or lower `limits: { instructions: … }` to see where it was'],
  })
}

function bug(scenario: Scenario, error: Error): Outcome {
  const outcome = failure(scenario, 'I001', error.message, {})
  return { ...outcome, details: describeBug(error, `run ${scenario.id}`) }
}

function failure(
  scenario: Scenario,
  code: Diagnostic['code'],
  message: string,
  more: Partial<Diagnostic>,
): Outcome {
  const labels = [{ span: scenario.title.span }]
  return {
    status: 'failed',
    diagnostics: [{ code, severity: 'error', message, labels, ...more }],
    events: [],
    steps: 0,
  }
}
