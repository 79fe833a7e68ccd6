// SPDX-License-Identifier: MIT
import { benchHits } from './bench/hits.ts'
import { benchMemory } from './bench/memory.ts'
import { benchProcessor } from './bench/processor.ts'
import { benchRegistration } from './bench/registration.ts'
import { benchScenario } from './bench/scenario.ts'

/** `npm run bench`, or one part of it: `npm run bench -- hits`. */
const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  processor: benchProcessor,
  hits: benchHits,
  registration: benchRegistration,
  scenario: benchScenario,
  memory: benchMemory,
}

const asked = process.argv.slice(2)
for (const [name, run] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await run()
