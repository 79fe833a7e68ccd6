// SPDX-License-Identifier: MIT
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { makePlan } from '../../plan/make-plan.ts'
import type { Command } from '../commands.ts'
import { ExitCode, worstExitCode } from '../exit-codes.ts'
import { fileNameOf } from '../file-name-of.ts'
import { loadTests } from '../load-tests.ts'
import { refuse } from '../refuse.ts'
import { selectFiles } from '../select-files.ts'
import { wantsColor } from '../shell.ts'
import { cacheFolder } from '../state-folder.ts'

/**
 * Writes the programs of tests as ELF files that a Linux kernel can start: into the folder itself for one test, into a folder of its
 * id below it where there are several.
 */
export const build: Command = async (what, { output, color }, shell) => {
  if (output === undefined || what.length === 0)
    return refuse(shell, 'what to build, and where to: trapline build <what> -o <dir>')
  const selection = selectFiles(what, shell.folder)
  if (!selection.ok) return refuse(shell, selection.message)
  const { tests } = await loadTests(selection.files, shell.folder)
  if (tests.length === 0) return refuse(shell, 'nothing is selected', ExitCode.nothingSelected)
  const target = resolve(shell.folder, output)
  const codes: number[] = []
  for (const test of tests) {
    const plan =
      test.kind === 'scenario'
        ? await makePlan(test.scenario, { cacheFolder: cacheFolder(shell.folder) })
        : { ok: false as const, ...test }
    if (!plan.ok) {
      shell.err(`${renderDiagnostics(plan.diagnostics, { color: wantsColor(color, shell) })}\n`)
      codes.push(ExitCode.invalid)
      continue
    }
    for (const [name, { bytes }] of plan.value.images) {
      const path = tests.length === 1 ? join(target, name) : join(target, fileNameOf(test.id), name)
      const problem = writeExecutable(path, bytes)
      if (problem) return refuse(shell, problem)
      shell.out(`${relative(shell.folder, path)}\n`)
    }
  }
  return worstExitCode(codes)
}

/** A text says why it could not. */
function writeExecutable(path: string, bytes: Uint8Array): string | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
    chmodSync(path, 0o755)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
