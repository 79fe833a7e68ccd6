// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../diagnostics/render.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { ExitCode } from './exit-codes.ts'
import { oneTest } from './one-test.ts'
import type { Shell } from './shell.ts'
import { cacheFolder } from './state-folder.ts'

/** The plan of the single test that words stand for; a number is the exit code after the reason has been told. */
export async function onePlan(
  what: readonly string[],
  usage: string,
  color: boolean,
  shell: Shell,
): Promise<Plan | number> {
  const scenario = await oneTest(what, usage, color, shell)
  if (typeof scenario === 'number') return scenario
  const plan = await makePlan(scenario, { cacheFolder: cacheFolder(shell.folder) })
  if (plan.ok) return plan.value
  shell.err(`${renderDiagnostics(plan.diagnostics, { color })}\n`)
  return ExitCode.invalid
}
