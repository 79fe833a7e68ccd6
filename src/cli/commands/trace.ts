// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { runEmulator } from '../../engine/run-emulator.ts'
import type { RecordedEvent } from '../../events/event.ts'
import { formatEvent } from '../../events/format-event.ts'
import { lanes as renderLanes } from '../../expect/failure/lanes.ts'
import type { ReportInput } from '../../expect/failure/report-input.ts'
import { eventToJson } from '../../report/json.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { onePlan } from '../one-plan.ts'
import { refuse } from '../refuse.ts'
import { wantsColor } from '../shell.ts'

/** Runs one test and prints every event of every kind; whether they are those expected is for `run` to say. */
export const trace: Command = async (what, { format, lanes = false, color: when }, shell) => {
  const color = wantsColor(when, shell)
  if (lanes && format) return refuse(shell, `\`--lanes\` and \`--format ${format}\` exclude each other`)
  const plan = await onePlan(what, 'trapline trace <id>', color, shell)
  if (typeof plan === 'number') return plan
  const result = runEmulator(plan)
  shell.out(printEvents({ plan: plan, run: result, options: { full: true } }, lanes, format))
  if (result.diagnostics.length === 0) return ExitCode.ok
  shell.err(`${renderDiagnostics(result.diagnostics, { color })}\n`)
  return ExitCode.failed
}

function printEvents(input: ReportInput, lanes: boolean, format: 'lines' | 'json' | undefined): string {
  const { events } = input.run
  if (lanes) return `${renderLanes(input, events, events.length, '').join('\n')}\n`
  const print = format === 'json' ? (event: RecordedEvent) => JSON.stringify(eventToJson(event)) : formatEvent
  return events.map(event => `${print(event)}\n`).join('')
}
