// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'
import { runEmulator } from '../engine/run-emulator.ts'
import type { JudgeOptions } from '../expect/judge.ts'
import { judge } from '../expect/judge.ts'
import { type MachineMemory, reserveMemory } from '../machine/memory/machine-memory.ts'
import { makePlan } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { instructionAt } from '../report/explain/instruction-at.ts'
import { inkFor } from '../report/ink.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { describeBug } from './describe-bug.ts'
import { findDifference } from './find-difference.ts'
import type { Outcome } from './run-tests.ts'
import { cacheFolder } from './state-folder.ts'

export type ExecuteOptions = {
  /** Folder in which the tool was started: compiled programs are kept below it. */
  readonly folder: string
  /** Run everything twice, and be content only with the same events. */
  readonly verifyDeterministic: boolean
  /** Make the text of failures in colour too. */
  readonly color: boolean
  /** Show the events that were as expected, too. */
  readonly full: boolean
}

/** Bytes of physical memory of a scenario that does not say otherwise. */
const usualMemory = 64 * 2 ** 20

/** Memory for the machines of `executeScenario`, to be kept from run to run. */
export function memoryForScenarios(): MachineMemory {
  return reserveMemory(usualMemory)
}

/** Plans, runs and judges one scenario. An exception on the way is a bug, which is reported as this scenario's failure. */
export async function executeScenario(
  scenario: Scenario,
  options: ExecuteOptions,
  memory: MachineMemory,
): Promise<Outcome> {
  try {
    return await attempt(scenario, options, memory)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      status: 'failed',
      diagnostics: [diagnose('I001', message, scenario)],
      details: describeBug(error, `run ${scenario.id}`),
      events: [],
      steps: 0,
    }
  }
}

async function attempt(scenario: Scenario, options: ExecuteOptions, memory: MachineMemory): Promise<Outcome> {
  const { folder, verifyDeterministic, color, full } = options
  const plan = await makePlan(scenario, { cacheFolder: cacheFolder(folder) })
  if (!plan.ok) return { status: 'invalid', diagnostics: plan.diagnostics, events: [], steps: 0 }
  const run = runEmulator(plan.value, { memory })
  const judging = { full, describeAddress: (address: bigint) => describeAddress(plan.value, address) }
  const verdict = judge(plan.value, run, goldens, judging)
  const painted =
    color && verdict.details !== undefined
      ? judge(plan.value, run, goldens, { ...judging, paint })
      : undefined
  const difference = verifyDeterministic
    ? findDifference(run, runEmulator(plan.value, { memory }))
    : undefined
  const errors = [
    ...(difference ? [diagnose('I002', `two runs of one schedule differ: ${difference}`, scenario)] : []),
    ...verdict.diagnostics,
  ]
  const failed = errors.some(({ severity }) => severity === 'error')
  // What is doubtful in the scenario may be why it failed.
  const doubts = failed ? (plan.warnings ?? []) : []
  const withDoubts = (details: string, inColor: boolean): string =>
    doubts.length > 0 ? `${details}\n${renderDiagnostics(doubts, { color: inColor })}\n` : details
  return {
    status: failed ? 'failed' : 'passed',
    diagnostics: [...errors, ...doubts],
    ...(verdict.details !== undefined && { details: withDoubts(verdict.details, false) }),
    ...(painted?.details !== undefined && { detailsInColor: withDoubts(painted.details, true) }),
    ...(verdict.golden && { golden: verdict.golden }),
    ran: { plan: plan.value, run },
    events: run.events,
    steps: run.steps,
  }
}

/** The instruction at an address of a program that is loaded where it was linked. */
function describeAddress({ images }: Plan, address: bigint): string | undefined {
  for (const image of images.values()) {
    const text = image.positionIndependent ? undefined : instructionAt(image, address)
    if (text !== undefined) return text
  }
  return undefined
}

const goldens = {
  read(path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
}

const ink = inkFor(true)
const inks = { mark: ink.red, bad: ink.red, good: ink.green, dim: ink.dim } as const
const paint: NonNullable<JudgeOptions['paint']> = (part, text) => inks[part](text)

function diagnose(code: Diagnostic['code'], message: string, scenario: Scenario): Diagnostic {
  return { code, severity: 'error', message, labels: [{ span: scenario.title.span }] }
}
