// SPDX-License-Identifier: MIT
import { readFile } from 'node:fs/promises'
import { codes } from '../../diagnostics/codes.ts'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { refuse } from '../refuse.ts'
import type { Shell } from '../shell.ts'
import { wantsColor } from '../shell.ts'
import { cacheFolder } from '../state-folder.ts'

const usage = 'trapline explain <id|code|syscalls>'

/** Says what an error code or the number of a known bug means, what a scenario does, or which system calls there are. */
export const explain: Command = async (what, flags, shell) => {
  const [word] = what
  if (what.length === 1 && /^[A-Z]\d{3}$/.test(word!)) return explainCode(word!, shell)
  if (what.length === 1 && /^B\d{1,2}$/.test(word!)) return await explainBug(word!, shell)
  if (word === 'syscalls') return await explainSystemCalls(what.slice(1), flags.json ?? false, shell)
  if (flags.json) return refuse(shell, '--json is for   trapline explain syscalls')
  const color = wantsColor(flags.color, shell)
  if (flags.symbols) return await explainPrograms(what, color, shell)
  const { onePlan } = await import('../one-plan.ts')
  const plan = await onePlan(what, usage, color, shell)
  if (typeof plan === 'number') return plan
  const { explainPlan } = await import('../../report/explain/explain-plan.ts')
  shell.out(explainPlan(plan))
  return ExitCode.ok
}

/** A known bug of the kernel, by its number (`B4`); codes of build errors have three digits. */
async function explainBug(name: string, shell: Shell): Promise<number> {
  const { crashingBugs, knownBugs } = await import('../../uprobes/known-bugs.ts')
  if (!Object.hasOwn(knownBugs, name)) return refuse(shell, `there is no known bug ${name}`)
  const bug = name as keyof typeof knownBugs
  shell.out(`${bug}  ${knownBugs[bug]}${crashingBugs.includes(bug) ? '; the kernel crashes' : ''}\n`)
  return ExitCode.ok
}

async function explainSystemCalls(words: readonly string[], json: boolean, shell: Shell): Promise<number> {
  const { callsNamed, explainCalls } = await import('../../report/explain/explain-calls.ts')
  const calls = callsNamed(words)
  if (typeof calls === 'string') return refuse(shell, calls)
  shell.out(
    json ? calls.map(call => `${JSON.stringify(call)}\n`).join('') : explainCalls(calls, words.length === 0),
  )
  return ExitCode.ok
}

/** Programs can be looked into while the rest of the scenario is still wrong. */
async function explainPrograms(what: readonly string[], color: boolean, shell: Shell): Promise<number> {
  const { oneTest } = await import('../one-test.ts')
  const scenario = await oneTest(what, usage, color, shell)
  if (typeof scenario === 'number') return scenario
  const { buildImages } = await import('../../plan/build-images.ts')
  const images = await buildImages(scenario, { readFile, cacheFolder: cacheFolder(shell.folder) })
  if (!images.ok) {
    shell.err(`${renderDiagnostics(images.diagnostics, { color })}\n`)
    return ExitCode.invalid
  }
  const { explainSymbols } = await import('../../report/explain/explain-symbols.ts')
  shell.out(explainSymbols(images.value))
  return ExitCode.ok
}

function explainCode(code: string, shell: Shell): number {
  if (!Object.hasOwn(codes, code)) {
    const near = suggest(code, Object.keys(codes))
    return refuse(shell, `there is no error code ${code}${near ? `; did you mean ${near}?` : ''}`)
  }
  shell.out(`${code}  ${codes[code as keyof typeof codes]}\n`)
  return ExitCode.ok
}
