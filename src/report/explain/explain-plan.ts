// SPDX-License-Identifier: MIT
import { positionAt } from '../../diagnostics/source-file.ts'
import type { Plan } from '../../plan/plan.ts'
import { explainExpectation } from './explain-expectation.ts'
import { explainProbes } from './explain-probes.ts'
import { explainPrograms } from './explain-programs.ts'
import { explainSchedule } from './explain-schedule.ts'
import { layOut, type Row } from './rows.ts'

/** A scenario in words, everything that was left to a default filled in. */
export function explainPlan(plan: Plan): string {
  const { scenario } = plan
  const { title, why, file, tags, skip, xfail, requires } = scenario
  const { line } = positionAt(title.span.file, title.span.start)
  const status: Row[] = [
    ...(why ? [['why', why.trimEnd().split('\n')] as const] : []),
    ...(tags.length > 0 ? [['tags', [tags.join(', ')]] as const] : []),
    ...(skip !== undefined ? [['skip', [skip]] as const] : []),
    ...(xfail !== undefined ? [['xfail', [xfail]] as const] : []),
    ...(requires.length > 0 ? [['requires', [requires.join(', ')]] as const] : []),
  ]
  const sections: readonly (readonly Row[])[] = [
    status,
    [['kernel', explainKernel(plan)], ...explainRoot(plan), ...explainPrograms(plan), ...explainProbes(plan)],
    [['schedule', explainSchedule(scenario.schedule)], ...explainActions(plan)],
    explainExpectation(scenario.expect),
    [['limits', explainLimits(plan)], ...explainInvariants(plan)],
  ]
  return [`${title.value}`, `${scenario.id}   ${file.path}:${line}`, '', layOut(sections)].join('\n')
}

function explainRoot({ scenario: { root } }: Plan): Row[] {
  return root
    ? [['root', [`programs see ${root.value} as /; of it /tmp, /var/tmp and /dev/shm can be written`]]]
    : []
}

function explainKernel({ profile, scenario }: Plan): string[] {
  const overridden = [...scenario.kernel.overrides.keys()]
  const choices = Object.entries(profile).filter(([name]) => overridden.includes(name))
  return [profile.name, ...choices.map(([name, value]) => `but ${name}: ${describeChoice(value)}`)]
}

function describeChoice(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, choice]) => `${name} ${choice}`)
    .join(', ')
}

function explainActions({ scenario: { actions } }: Plan): Row[] {
  return actions.length > 0 ? [['actions', explainSchedule({ kind: 'turns', turns: actions })]] : []
}

function explainLimits({ scenario: { limits } }: Plan): string[] {
  return [`${limits.instructions} steps, ${limits.memory / 2 ** 20} MiB of memory`]
}

function explainInvariants({ scenario: { invariants } }: Plan): Row[] {
  if (invariants.except.length === 0) return [['invariants', ['all that are built in']]]
  const names = invariants.except.map(({ value }) => value).join(', ')
  return [['invariants', [`all that are built in but ${names}: ${invariants.because ?? ''}`]]]
}
