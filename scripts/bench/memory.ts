// SPDX-License-Identifier: MIT
import { execaNode } from 'execa'
import { recordMillion } from './record-million.ts'

const here = 'memory-here'

/** A million hits into the trace buffer, in a process of its own, whose memory is measured. */
export async function benchMemory(): Promise<void> {
  if (process.argv.includes(here)) return recordMillion()
  const { exitCode } = await execaNode(process.argv[1]!, ['memory', here], {
    stdio: 'inherit',
    reject: false,
  })
  process.exitCode = exitCode ?? 1
}
