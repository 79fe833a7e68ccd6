// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { runEmulator } from '../../engine/run-emulator.ts'
import { formatEvent } from '../../events/format-event.ts'
import { makePlan } from '../../plan/make-plan.ts'
import { eventToJson } from '../../report/json.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { oneTest } from '../one-test.ts'
import { wantsColor } from '../shell.ts'

/** Runs one test and prints every event of every kind; whether they are those expected is for `run` to say. */
export const trace: Command = async (what, { format = 'lines', color: when }, shell) => {
  const color = wantsColor(when, shell)
  const scenario = await oneTest(what, 'trapline trace <id>', color, shell)
  if (typeof scenario === 'number') return scenario
  const plan = await makePlan(scenario)
  if (!plan.ok) {
    shell.err(`${renderDiagnostics(plan.diagnostics, { color })}\n`)
    return ExitCode.invalid
  }
  const { events, diagnostics } = runEmulator(plan.value)
  const print =
    format === 'json' ? (event: (typeof events)[number]) => JSON.stringify(eventToJson(event)) : formatEvent
  for (const event of events) shell.out(`${print(event)}\n`)
  if (diagnostics.length === 0) return ExitCode.ok
  shell.err(`${renderDiagnostics(diagnostics, { color })}\n`)
  return ExitCode.failed
}
