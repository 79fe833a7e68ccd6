// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { positionAt } from '../diagnostics/source-file.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { GoldenVerdict } from '../expect/judge-golden.ts'
import type { Run } from '../expect/run.ts'
import type { Plan } from '../plan/plan.ts'
import { badStatuses, statuses } from '../report/counts.ts'
import type { Message, Result, Status } from '../report/messages.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { isFocused } from './filter-tests.ts'
import { missingRequirements } from './requirements.ts'
import type { Test } from './test.ts'

/** What came of executing one scenario, before `xfail` gives it its meaning. */
export type Outcome = {
  readonly status: 'passed' | 'failed' | 'invalid'
  readonly diagnostics: readonly Diagnostic[]
  readonly details?: string
  readonly detailsInColor?: string
  /** What became of the golden, for scenarios that have one. */
  readonly golden?: GoldenVerdict
  /** What was run and what came of it; absent where there is no plan. */
  readonly ran?: { readonly plan: Plan; readonly run: Run }
  readonly events: readonly RecordedEvent[]
  readonly steps: number
}

export type RunTestsOptions = {
  readonly version: string
  /** Undefined when it was interrupted. */
  readonly execute: (scenario: Scenario) => Promise<Outcome | undefined>
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
  /** Whether the run shall end before its next test. */
  readonly stopped: () => boolean
  readonly forbidOnly: boolean
  /** Stop after so many failures. */
  readonly bail?: number
  readonly seed?: number
  readonly events: 'on-fail' | 'always' | 'never'
  /** PATH, where required programs are looked for. */
  readonly searchPath?: string | undefined
  /** Called before the sum: the folder that traces were written to. */
  readonly traces?: () => string | undefined
}

type Finding = Omit<Outcome, 'status'> & Pick<Result, 'status' | 'reason'>

/** Runs tests in the order given, each on its own, and tells what happens as it happens. */
export async function* runTests(tests: readonly Test[], options: RunTestsOptions): AsyncGenerator<Message> {
  const { version, seed, clock } = options
  const begin = clock()
  const counts = Object.fromEntries(statuses.map(status => [status, 0])) as Record<Status, number>
  let failures = 0
  let stopped: 'interrupted' | 'bail' | undefined
  yield { type: 'run', version, tests: tests.length, ...(seed !== undefined && { seed }) }
  for (const test of tests) {
    // Lets signals and a closed pipe be noticed between tests.
    await new Promise(resolve => setImmediate(resolve))
    stopped = options.stopped() ? 'interrupted' : failures >= (options.bail ?? Infinity) ? 'bail' : undefined
    if (stopped) break
    yield scenarioMessage(test)
    const start = clock()
    const finding = await examine(test, options)
    if (!finding) {
      stopped = 'interrupted'
      break
    }
    const milliseconds = Math.round(clock() - start)
    const bad = badStatuses.has(finding.status)
    counts[finding.status]++
    if (bad) failures++
    if (options.events === 'always' || (options.events === 'on-fail' && bad)) {
      for (const event of finding.events) yield { type: 'event', id: test.id, event }
    }
    yield resultMessage(test, finding, milliseconds)
  }
  const traces = options.traces?.()
  yield {
    type: 'summary',
    counts,
    milliseconds: Math.round(clock() - begin),
    ...(stopped && { stopped }),
    ...(traces && { traces }),
  }
}

function scenarioMessage(test: Test): Extract<Message, { type: 'scenario' }> {
  const title = test.kind === 'scenario' ? test.scenario.title : undefined
  const line = title ? positionAt(title.span.file, title.span.start).line : 1
  return { type: 'scenario', id: test.id, title: title?.value ?? '', file: test.file, line }
}

function resultMessage(test: Test, finding: Finding, milliseconds: number): Result {
  const { golden: _, ran: __, events, ...rest } = finding
  const { id, title, file } = scenarioMessage(test)
  return { type: 'result', id, title, file, ...rest, events: events.length, milliseconds }
}

async function examine(test: Test, options: RunTestsOptions): Promise<Finding | undefined> {
  const nothing = { diagnostics: [], events: [], steps: 0 }
  if (test.kind === 'invalid') return { ...nothing, status: 'invalid', diagnostics: test.diagnostics }
  const { scenario } = test
  if (options.forbidOnly && isFocused(test))
    return { ...nothing, status: 'failed', diagnostics: [focusRefused(scenario)] }
  if (scenario.skip !== undefined) return { ...nothing, status: 'skipped', reason: scenario.skip }
  const missing = missingRequirements(scenario, options.searchPath)
  if (missing.length > 0) return { ...nothing, status: 'unsupported', reason: `needs ${missing.join(', ')}` }
  const outcome = await options.execute(scenario)
  return outcome && underExpectation(outcome, scenario.xfail)
}

/** An expected failure turns the result round. A scenario that cannot run, or a bug of the tool, is never expected. */
function underExpectation(outcome: Outcome, reason: string | undefined): Finding {
  if (reason === undefined || outcome.status === 'invalid' || outcome.diagnostics.some(isBug)) return outcome
  return { ...outcome, status: outcome.status === 'failed' ? 'xfail' : 'xpass', reason }
}

/** A diagnostic about trapline itself rather than about a scenario. */
export function isBug({ code }: Diagnostic): boolean {
  return code.startsWith('I')
}

function focusRefused(scenario: Scenario): Diagnostic {
  return {
    code: 'L020',
    severity: 'error',
    message: '`only` keeps every other test from running, which is forbidden here',
    labels: [{ span: scenario.title.span }],
    help: ['remove `only: true`; it is forbidden by --forbid-only, and where CI is set'],
  }
}
