// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Plan } from '../plan/plan.ts'
import { type Invariant, type InvariantName, type InvariantView, invariants } from './invariants.ts'

export type InvariantChecker = (view: InvariantView, when: () => string) => readonly Diagnostic[]

const nothing: readonly Diagnostic[] = []

/**
 * T006 for each invariant that is broken, but for those that the scenario excepts and those that do not hold under the kernel's choices.
 * `when` is asked only then: `after event #9`, `at the end`.
 */
export function invariantChecker(plan: Plan): InvariantChecker {
  const excepted = new Set(plan.scenario.invariants.except.map(({ value }) => value))
  const held = (Object.entries(invariants) as [InvariantName, Invariant][])
    .map(([name, invariant]) => ({ name, invariant }))
    .filter(({ name, invariant }) => !excepted.has(name) && invariant.holds(plan.profile))
  return (view, when) => {
    let broken: Diagnostic[] | undefined
    for (const { name, invariant } of held) {
      const complaint = invariant.check(view)
      if (complaint === undefined) continue
      broken ??= []
      broken.push(describeBroken(plan, name, invariant, `${complaint} (${when()})`))
    }
    return broken ?? nothing
  }
}

function describeBroken(
  plan: Plan,
  name: InvariantName,
  { doc, bugs }: Invariant,
  broken: string,
): Diagnostic {
  const known = bugs.length > 0 ? [`known bugs of the modelled kernel that break it: ${bugs.join(', ')}`] : []
  return {
    code: 'T006',
    severity: 'error',
    message: `invariant \`${name}\` broke: ${broken}`,
    labels: [{ span: plan.scenario.title.span }],
    notes: [doc, ...known],
    help: [`where the scenario shows just that:   invariants: { except: [${name}], because: … }`],
  }
}
