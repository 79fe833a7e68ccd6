// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A million hits into the trace buffer, in a process of its own, whose memory is measured. */
export function benchMemory(): void {
  const script = fileURLToPath(new URL('record-million.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, [...process.execArgv, script], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
