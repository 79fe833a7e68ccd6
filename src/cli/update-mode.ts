// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { positionAt } from '../diagnostics/source-file.ts'
import { updateExpectations } from '../expect/golden/update-expectations.ts'
import { loadScenarios } from '../scenario/load-scenarios.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Outcome } from './run-tests.ts'
import { type Executed, updateGoldenFiles } from './update-golden-files.ts'

export type UpdateOptions = {
  readonly mode: 'changed' | 'missing' | 'all'
  readonly execute: (scenario: Scenario) => Promise<Outcome>
  /** Every variant of every selected file, whether it was selected or not; of files without mistakes only. */
  readonly variants: readonly Scenario[]
  /** Folder that told paths start from. */
  readonly folder: string
  /** Told what is written, and what is not and why. */
  readonly tell: (text: string) => void
}

/** What an update can mend: events in another order, with other fields, and goldens. Anything else has to be understood first. */
const mendable: ReadonlySet<string> = new Set(['T001', 'T002', 'T005'])

/**
 * Executes scenarios and blesses what they do: plain values in `events:` and goldens. All variants of a file are asked, whether they were
 * selected or not, because they share both; nothing is blessed from a run that has anything else wrong with it.
 */
export function updateMode(options: UpdateOptions): (scenario: Scenario) => Promise<Outcome> {
  const files = new Map<string, Promise<ReadonlyMap<string, Outcome>>>()
  return async scenario => {
    const path = join(scenario.folder, basename(scenario.file.path))
    const updated = files.get(path) ?? updateFile(path, scenario, options)
    files.set(path, updated)
    return (await updated).get(scenario.id) ?? (await options.execute(scenario))
  }
}

/** Outcomes of all variants of a file, as they are after the update, by their ids. */
async function updateFile(
  path: string,
  { file, id }: Scenario,
  options: UpdateOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  const { mode, execute, variants, folder, tell } = options
  let executed = await executeAll(
    variants.filter(variant => variant.file === file),
    execute,
  )
  const hindrance = executed.map(hindranceOf).find(text => text !== undefined)
  if (hindrance !== undefined) {
    if (executed.some(({ outcome }) => outcome.status === 'failed')) tell(`not blessed: ${hindrance}\n`)
    return byId(executed)
  }
  const { text, patches } = updateExpectations(
    file,
    executed.flatMap(({ outcome }) => outcome.ran ?? []),
  )
  if (mode !== 'missing' && patches.length > 0 && write(path, text, options)) {
    tell(`changed ${relative(folder, path)}\n`)
    for (const patch of patches) {
      const { line } = positionAt(file, patch.span.start)
      tell(`  line ${line}: ${file.text.slice(patch.span.start, patch.span.end)} is now ${patch.text}\n`)
    }
    const { scenarios } = await loadScenarios(path, { id: id.replace(/\[.*\]$/, ''), cwd: folder })
    executed = await executeAll(scenarios, execute)
  }
  return byId(
    updateGoldenFiles(executed, { mode, folder, tell, write: (...file) => write(...file, options) }),
  )
}

async function executeAll(
  scenarios: readonly Scenario[],
  execute: UpdateOptions['execute'],
): Promise<readonly Executed[]> {
  const executed: Executed[] = []
  for (const scenario of scenarios) executed.push({ scenario, outcome: await execute(scenario) })
  return executed
}

/** Why nothing can be taken from this run; undefined when nothing is wrong with it that an update can mend. */
function hindranceOf({ scenario, outcome }: Executed): string | undefined {
  const { id, xfail } = scenario
  if (xfail !== undefined) return `${id} (it is marked xfail: ${xfail})`
  const other = outcome.diagnostics.find(({ code, severity }) => severity === 'error' && !mendable.has(code))
  return other && `${id} (${other.code}: ${other.message})`
}

function write(path: string, text: string, { tell }: UpdateOptions): boolean {
  try {
    writeFileSync(path, text)
    return true
  } catch (error) {
    tell(`not written: ${(error as Error).message}\n`)
    return false
  }
}

function byId(executed: readonly Executed[]): ReadonlyMap<string, Outcome> {
  return new Map(executed.map(({ scenario, outcome }) => [scenario.id, outcome]))
}
