// SPDX-License-Identifier: MIT
import { codes } from '../../diagnostics/codes.ts'
import { renderDiagnostics } from '../../diagnostics/render.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import type { Command } from '../commands.ts'
import { ExitCode } from '../exit-codes.ts'
import { refuse } from '../refuse.ts'
import type { Shell } from '../shell.ts'
import { wantsColor } from '../shell.ts'

/** Says what an error code means, or what a scenario does. */
export const explain: Command = async (what, flags, shell) => {
  const [word] = what
  if (what.length === 1 && /^[A-Z]\d{3}$/.test(word!)) return explainCode(word!, shell)
  const color = wantsColor(flags.color, shell)
  const { oneTest } = await import('../one-test.ts')
  const scenario = await oneTest(what, 'trapline explain <id|code>', color, shell)
  if (typeof scenario === 'number') return scenario
  const { makePlan } = await import('../../plan/make-plan.ts')
  const plan = await makePlan(scenario)
  if (!plan.ok) {
    shell.err(`${renderDiagnostics(plan.diagnostics, { color })}\n`)
    return ExitCode.invalid
  }
  const { explainPlan } = await import('../../report/explain/explain-plan.ts')
  shell.out(explainPlan(plan.value, () => undefined))
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
