// SPDX-License-Identifier: MIT
import { join, relative } from 'node:path'
import { findFiles } from '../../src/cli/find-files.ts'
import { missingRequirements } from '../../src/cli/requirements.ts'
import type { Verdict } from '../../src/expect/judge.ts'
import type { Run } from '../../src/expect/run.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { loadScenarios } from '../../src/scenario/load-scenarios.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'

export const projectFolder = join(import.meta.dirname, '../..')
const cacheFolder = join(projectFolder, '.trapline/cache')

/** Every shipped scenario that can run here, all variants. What does not load fails the test that asks. */
export async function shippedScenarios(): Promise<Scenario[]> {
  const scenarios: Scenario[] = []
  for (const path of findFiles(join(projectFolder, 'scenarios'))) {
    const loaded = await loadScenarios(relative(projectFolder, path), { cwd: projectFolder })
    if (loaded.diagnostics.some(({ severity }) => severity === 'error'))
      throw new Error(`${path}: ${loaded.diagnostics[0]!.message}`)
    const { PATH } = process.env
    scenarios.push(...loaded.scenarios.filter(scenario => missingRequirements(scenario, PATH).length === 0))
  }
  return scenarios
}

export async function planOf(scenario: Scenario): Promise<Plan> {
  const plan = await makePlan(scenario, { cacheFolder })
  if (!plan.ok) throw new Error(`${scenario.id}: ${plan.diagnostics[0]!.message}`)
  return plan.value
}

/** Events as text: what two runs are compared by. */
export function textOf({ events, output, steps }: Run): string {
  return JSON.stringify({ events, output, steps }, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
}

export function failures({ diagnostics }: Verdict): string[] {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`)
}
