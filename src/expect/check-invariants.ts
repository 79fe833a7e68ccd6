// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Plan } from '../plan/plan.ts'
import { type Invariant, type InvariantName, type InvariantView, invariants } from './invariants.ts'

/** T006 for each invariant that is broken, unless the scenario excepts it or the kernel's choices do. `when`: `after event #9`, `at the end`. */
export function checkInvariants(plan: Plan, view: InvariantView, when: string): Diagnostic[] {
  const { except } = plan.scenario.invariants
  const excepted = new Set(except.map(({ value }) => value))
  return (Object.entries(invariants) as [InvariantName, Invariant][]).flatMap(([name, invariant]) => {
    if (excepted.has(name) || !invariant.holds(plan.profile)) return []
    const broken = invariant.check(view)
    return broken === undefined ? [] : [describeBroken(plan, name, invariant, `${broken} (${when})`)]
  })
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
