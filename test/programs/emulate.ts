// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs'
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { startProgram } from '../../src/engine/exec/start-program.ts'
import { signalName } from '../../src/kernel/signal/signal-numbers.ts'
import { reserveMemory } from '../../src/machine/memory/machine-memory.ts'
import { hostFolder } from '../../src/plan/host-folder.ts'

/** How a program ended, in a word, and what it wrote, a character a byte. `said` is what the machine says about itself. */
export type Emulated = {
  readonly end: string
  readonly out: string
  readonly err: string
  readonly said: readonly string[]
}

const memory = reserveMemory(512 * 2 ** 20)
const mostSteps = 400_000_000

/** Runs a program of this computer in the emulator, alone or with a root folder in which `path` lies. */
export async function emulate(
  path: string,
  words: readonly string[] = [],
  stdin: Uint8Array = new Uint8Array(0),
  env: readonly string[] = ['LC_ALL=C'],
  root?: string,
): Promise<Emulated> {
  const written: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
  const said: string[] = []
  const started = await startProgram({
    path,
    ...(root === undefined ? { bytes: new Uint8Array(readFileSync(path)) } : { tree: hostFolder(root) }),
    argv: [path, ...words],
    env,
    stdin: { kind: 'pipe', bytes: stdin },
    output: (descriptor, bytes) => void written[descriptor].push(Buffer.from(bytes)),
    log: line => void said.push(line),
    memory,
  })
  const text = (descriptor: 1 | 2): string => Buffer.concat(written[descriptor]).toString('latin1')
  const result = (end: string): Emulated => ({ end, out: text(1), err: text(2), said })
  if (!started.ok) return result(renderDiagnostics(started.diagnostics, { color: false }))
  const ending = started.value.advance(mostSteps)
  switch (ending?.kind) {
    case undefined:
      return result(`goes on after ${mostSteps} steps`)
    case 'exited':
      return result(`exit ${ending.code}`)
    case 'killed':
      return result(signalName(ending.signal))
    case 'stuck':
      return result(['stuck', ...ending.notes].join('\n'))
    case 'broken':
      return result([ending.message, ...ending.notes].join('\n'))
  }
}
