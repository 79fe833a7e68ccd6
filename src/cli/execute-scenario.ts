// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { runEmulator } from '../engine/run-emulator.ts'
import type { RecordedEvent } from '../events/event.ts'
import { formatEvent } from '../events/format-event.ts'
import { judge } from '../expect/judge.ts'
import type { Run } from '../expect/run.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { describeBug } from './describe-bug.ts'
import type { Outcome } from './run-tests.ts'

export type ExecuteOptions = {
  /** Run everything twice, and be content only with the same events. */
  readonly verifyDeterministic: boolean
}

/** Plans, runs and judges one scenario. An exception on the way is a bug, which is reported as this scenario's failure. */
export async function executeScenario(scenario: Scenario, options: ExecuteOptions): Promise<Outcome> {
  try {
    return await attempt(scenario, options)
  } catch (error) {
    const bug: Diagnostic = {
      code: 'I001',
      severity: 'error',
      message: error instanceof Error ? error.message : String(error),
      labels: [{ span: scenario.title.span }],
    }
    return {
      status: 'failed',
      diagnostics: [bug],
      details: describeBug(error, `run ${scenario.id}`),
      events: [],
      steps: 0,
    }
  }
}

async function attempt(scenario: Scenario, { verifyDeterministic }: ExecuteOptions): Promise<Outcome> {
  const plan = await makePlan(scenario)
  if (!plan.ok) return { status: 'invalid', diagnostics: plan.diagnostics, events: [], steps: 0 }
  const run = runEmulator(plan.value)
  const verdict = judge(plan.value, run)
  const difference = verifyDeterministic ? findDifference(run, runEmulator(plan.value)) : undefined
  const diagnostics = difference
    ? [notDeterministic(difference, scenario), ...verdict.diagnostics]
    : verdict.diagnostics
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  return {
    status: failed ? 'failed' : 'passed',
    diagnostics,
    ...(verdict.details !== undefined && { details: verdict.details }),
    events: run.events,
    steps: run.steps,
  }
}

/** What is not the same in two runs of one plan. */
function findDifference(first: Run, second: Run): string | undefined {
  const index = first.events.findIndex((event, at) => describe(event) !== describe(second.events[at]))
  if (index >= 0)
    return `event #${index + 1}: ${describe(first.events[index])}, then ${describe(second.events[index])}`
  if (second.events.length > first.events.length)
    return `event #${first.events.length + 1}: only in the second run`
  if (first.output !== second.output || first.errors !== second.errors) return 'the output'
  return first.steps === second.steps ? undefined : `the steps: ${first.steps}, then ${second.steps}`
}

function describe(event: RecordedEvent | undefined): string {
  return event ? `${formatEvent(event)} at step ${event.step}` : 'nothing'
}

function notDeterministic(difference: string, scenario: Scenario): Diagnostic {
  return {
    code: 'I002',
    severity: 'error',
    message: `two runs of the same schedule differ in ${difference}`,
    labels: [{ span: scenario.title.span }],
  }
}
