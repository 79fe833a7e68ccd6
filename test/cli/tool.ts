// SPDX-License-Identifier: MIT
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { main } from '../../src/cli/main.ts'
import type { Shell } from '../../src/cli/shell.ts'
import { root } from '../source-files.ts'

export type Said = { readonly code: number; readonly out: string; readonly err: string }

/** The tool inside this process: what it says and its exit code, with times masked. */
export async function tool(argv: readonly string[], shell: Partial<Shell> = {}): Promise<Said> {
  let out = ''
  let err = ''
  const code = await main(argv, {
    out: text => void (out += text),
    err: text => void (err += text),
    environment: { PATH: process.env['PATH'] },
    folder: root,
    terminal: false,
    ...shell,
  })
  return { code, out: maskTimes(out), err: maskTimes(err) }
}

/** The tool as a process of its own. */
export function startTool(argv: readonly string[], folder = root, environment: Record<string, string> = {}) {
  const { CI: _, TRAPLINE_OPTS: __, FORCE_COLOR: ___, ...env } = process.env
  return execa(process.execPath, toolCommand(argv), {
    cwd: folder,
    env: { ...env, ...environment },
    extendEnv: false,
    reject: false,
    timeout: 115_000,
  })
}

/** Arguments of node that start the tool: as it was built, if nothing has changed since, else from the sources, which starts slower. */
export function toolCommand(argv: readonly string[]): string[] {
  if (isBuilt()) return [`${root}bin/trapline.js`, ...argv]
  return ['--import', import.meta.resolve('tsx'), `${root}src/cli/bin.ts`, ...argv]
}

function isBuilt(): boolean {
  const built = statSync(`${root}dist/cli/main.js`, { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return false
  return readdirSync(`${root}src`, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .every(entry => statSync(join(entry.parentPath, entry.name)).mtimeMs <= built)
}

/** Times as zeros, which is all that differs between two runs. */
export function maskTimes(text: string): string {
  return text
    .replace(/\b\d+ms\b/g, '0ms')
    .replace(/\b\d+\.\ds\b/g, '0.0s')
    .replace(/ +\d+ ms$/gm, ' 0 ms')
}
