// SPDX-License-Identifier: MIT
import { renderDiagnostics } from '../../src/diagnostics/render.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { loadText } from '../scenario/load-text.ts'

/** A program with a function in its middle, data, and a symbol with colons. */
export const calc = `binaries:
  calc:
    asm: |
      main:
          mov  edi, 2
          mov  esi, 3
          call add
          ret
      add:
          lea  eax, [rdi + rsi]
          ret
      .data
      counter: .long 5
      semaphore: .word 0
      .bss
      room: .skip 8
`

export type Parts = {
  readonly probes?: string
  readonly expect?: string
  readonly more?: string
  readonly threads?: string
}

/** A scenario about `calc`; what is not given is harmless. */
export function calcScenario({ probes, expect, more, threads }: Parts): string {
  return [
    'title: a claim',
    calc.trimEnd(),
    threads ?? 'threads:\n  main: { run: calc:main }',
    ...(probes ? ['probes:', probes] : []),
    ...(more ? [more] : []),
    expect ?? 'expect:\n  never:\n    - hit: _\n    - ret: _',
  ]
    .join('\n')
    .concat('\n')
}

/** What `makePlan` gives for a text: the plan and its warnings, or its errors, both as a person reads them. */
export async function planOf(text: string): Promise<{ readonly plan?: Plan; readonly told: string }> {
  const { scenarios, diagnostics } = await loadText(text)
  const [scenario] = scenarios
  if (!scenario) throw new Error(renderDiagnostics(diagnostics, { color: false }))
  const result = await makePlan(scenario, { cacheFolder: '/nonexistent' })
  const told = renderDiagnostics(result.ok ? (result.warnings ?? []) : result.diagnostics, { color: false })
  return result.ok ? { plan: result.value, told } : { told }
}

/** The plan of a text without mistakes. */
export async function goodPlan(text: string): Promise<Plan> {
  const { plan, told } = await planOf(text)
  if (!plan || told !== '') throw new Error(told)
  return plan
}
