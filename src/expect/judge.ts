// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../diagnostics/render.ts'
import type { RecordedEvent } from '../events/event.ts'
import type { EventPattern } from '../events/pattern.ts'
import type { Plan } from '../plan/plan.ts'
import { checkState } from './check-state.ts'
import { explainGolden } from './failure/explain-golden.ts'
import { explainOrder } from './failure/explain-order.ts'
import type { ReportInput, ReportOptions } from './failure/report-input.ts'
import { judgeCrash } from './judge-crash.ts'
import { type GoldenAccess, type GoldenVerdict, judgeGolden } from './judge-golden.ts'
import { judgeOrder } from './judge-order.ts'
import { checkOutput } from './judge-output.ts'
import { checkCounts, checkNever } from './judge-patterns.ts'
import { orderDiagnostic } from './order-diagnostic.ts'
import { planContext } from './plan-context.ts'
import type { Run } from './run.ts'

export type Verdict = {
  /** What went wrong in running first, as the rest often follows from it; empty: the scenario passed. */
  readonly diagnostics: readonly Diagnostic[]
  /** All of it as text, where there is more to say than the diagnostics do (errors §3.4). */
  readonly details?: string
  readonly golden?: GoldenVerdict
}

export type JudgeOptions = ReportOptions & {
  /** The run is one of several schedules: `sometimes` is asked of all of them together, not here. */
  readonly explored?: boolean
}

/** Compares a run with everything that its scenario expects. Reads goldens, writes nothing. */
export function judge(plan: Plan, run: Run, goldens: GoldenAccess, options: JudgeOptions = {}): Verdict {
  const { expect } = plan
  const input: ReportInput = { plan, run, options }
  const context = planContext(plan, run.final)
  const inView = run.events.filter(({ kind }) => expect.trace.includes(kind))
  const findings: Finding[] = judgeCrash(expect, run).map(diagnostic => ({ diagnostic }))

  const order = expect.events && judgeOrder('events', expect.events, inView, context)
  const part =
    expect.contains && judgeOrder('contains', expect.contains, run.events, context, order?.bindings)
  const bindings = part?.bindings ?? order?.bindings
  const forbidden = checkNever(expect.never, run.events, context, bindings)
  const told = new Set<RecordedEvent>()
  for (const judgement of [order, part]) {
    if (!judgement || judgement.ok) continue
    const { failure } = judgement
    const violated = forbidden
      .filter(({ event }) => failure.reason === 'unexpected' && event === failure.event)
      .map(({ pattern }): EventPattern => pattern)
    if (failure.reason === 'unexpected') told.add(failure.event)
    const diagnostic = orderDiagnostic(failure)
    findings.push({ diagnostic, text: () => explainOrder(input, failure, diagnostic, violated) })
  }
  findings.push(...forbidden.map(({ diagnostic, event }) => ({ diagnostic, told: told.has(event) })))
  findings.push(
    ...checkCounts(expect.count, run.events, context, bindings).map(diagnostic => ({ diagnostic })),
  )

  const state = { context, when: 'at the end', ...(bindings ? { bindings } : {}) }
  const checks = [expect.final, options.explored ? undefined : expect.sometimes]
  for (const check of checks) {
    if (check) findings.push(...checkState(check, run.final, state).map(diagnostic => ({ diagnostic })))
  }
  findings.push(...checkOutput(expect, run, context, bindings).map(diagnostic => ({ diagnostic })))

  const golden = judgeGolden(plan, inView, goldens)
  const failed = findings.some(({ diagnostic }) => diagnostic.severity === 'error')
  // Where something else is wrong, no golden may be written yet.
  if (golden?.diagnostic && !(failed && golden.before === undefined)) {
    const { diagnostic, difference } = golden
    findings.push({
      diagnostic,
      ...(difference ? { text: () => explainGolden(input, difference, diagnostic) } : {}),
    })
  }
  return {
    diagnostics: findings.map(({ diagnostic }) => diagnostic),
    ...details(findings),
    ...(golden ? { golden } : {}),
  }
}

/** `told`: another finding's text speaks of it already. */
type Finding = { readonly diagnostic: Diagnostic; readonly text?: () => string; readonly told?: boolean }

function details(findings: readonly Finding[]): { details?: string } {
  if (!findings.some(({ text }) => text)) return {}
  const sections = findings
    .filter(({ told }) => !told)
    .map(({ diagnostic, text }) => text?.() ?? renderDiagnostics([diagnostic], { color: false }))
  return { details: `${sections.join('\n\n')}\n` }
}
