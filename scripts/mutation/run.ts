// SPDX-License-Identifier: MIT
import { fileURLToPath } from 'node:url'
import { isRecorded, reachOf, recordReach } from './reach.ts'
import { runSpecs } from './run-specs.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
/** Bounds an endless loop: no test comes by a mutant more often. */
const hitLimit = 2_000_000

/**
 * `run.mjs`: runs the tests, where a mutant is switched on those that come by it; its exit code says whether all pass. `run.mjs reach`
 * finds out first which those are.
 */
const mutant = process.env['__STRYKER_ACTIVE_MUTANT__']
if (process.argv[2] === 'reach') await recordReach(folder)
else process.exitCode = mutant === undefined ? await runAll() : await runMutant(mutant)

/** Whatever fails with a mutant counts as a test that has noticed it, so what is not ready must be seen before. */
async function runAll(): Promise<number> {
  return isRecorded(folder) ? runSpecs(folder) : 1
}

async function runMutant(active: string): Promise<number> {
  const reach = reachOf(folder, active)
  // Whom nothing reaches nothing kills.
  if (reach === undefined) return 0
  Object.assign(globalThis, { __stryker__: { activeMutant: active, hitCount: 0, hitLimit } })
  return runSpecs(folder, reach)
}
