// SPDX-License-Identifier: MIT
import { benchHits } from './bench/hits.ts'
import { benchProcessor } from './bench/processor.ts'

/** `npm run bench`, or one part of it: `npm run bench -- hits`. */
const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  processor: benchProcessor,
  hits: benchHits,
}

const asked = process.argv.slice(2)
for (const [name, run] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await run()

// In a process of its own, whose memory is measured.
const script = fileURLToPath(new URL('bench-events.ts', import.meta.url))
process.exitCode = spawnSync(process.execPath, [...process.execArgv, script], { stdio: 'inherit' }).status ?? 1
