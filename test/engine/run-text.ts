// SPDX-License-Identifier: MIT
import { runEmulator } from '../../src/engine/run-emulator.ts'
import { shortEvent } from '../../src/events/format-event.ts'
import { judge } from '../../src/expect/judge.ts'
import type { Run } from '../../src/expect/run.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { planOf } from '../plan/plan-of.ts'

const memory = reserveMemory(64 * 2 ** 20)

export type Outcome = {
  readonly run: Run
  /** Events of the kinds in view, a line each: thread and what happened. */
  readonly events: readonly string[]
  /** Codes and sentences of what is wrong. */
  readonly wrong: readonly string[]
}

/** Runs a scenario text and judges it. */
export async function runText(text: string): Promise<Outcome> {
  const { plan, told } = await planOf(text)
  if (!plan) throw new Error(told)
  const run = runEmulator(plan, { memory })
  const { diagnostics } = judge(plan, run, { read: () => undefined })
  return {
    run,
    events: run.events
      .filter(({ kind }) => plan.expect.trace.includes(kind))
      .map(event => `${event.thread}: ${shortEvent(event)}`),
    wrong: diagnostics.map(({ code, message }) => `${code} ${message}`),
  }
}
