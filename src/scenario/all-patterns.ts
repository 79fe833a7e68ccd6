// SPDX-License-Identifier: MIT
import type { EventPattern, ValuePattern } from '../events/pattern.ts'
import { patternsOf } from './read-expectation.ts'
import { patternsWithin } from './read-value.ts'
import type { Scenario, StateCheck, Turn } from './scenario.ts'

/** What of a scenario holds patterns; a plan has the same parts. */
type Parts = Pick<Scenario, 'expect' | 'schedule' | 'actions'>

/** Every event pattern of an expectation, wherever it stands. */
export function expectedPatterns({ expect }: Pick<Parts, 'expect'>): readonly EventPattern[] {
  return [
    ...patternsOf(expect.events),
    ...patternsOf(expect.contains),
    ...expect.never,
    ...expect.count.map(({ pattern }) => pattern),
  ]
}

/** Every event pattern of a scenario: those expected, forbidden or counted, and those that end turns. */
export function eventPatterns({
  expect,
  schedule,
}: Pick<Parts, 'expect' | 'schedule'>): readonly EventPattern[] {
  const turns = schedule.kind === 'turns' ? schedule.turns : []
  return [
    ...expectedPatterns({ expect }),
    ...turns.flatMap(turn =>
      turn.kind === 'run' && turn.until?.kind === 'event' ? [turn.until.pattern] : [],
    ),
  ]
}

/** Every state check, in the middle of the run or at its end. */
export function stateChecks({ expect, schedule, actions }: Parts): readonly StateCheck[] {
  const turns: readonly Turn[] = schedule.kind === 'turns' ? schedule.turns : []
  return [
    ...[...turns, ...actions].flatMap(turn => (turn.kind === 'check' ? [turn.state] : [])),
    ...[expect.final, expect.always, expect.sometimes].flatMap(state => state ?? []),
  ]
}

/** Every value pattern of a state check, those inside of others too. */
export function patternsOfState(state: StateCheck): readonly ValuePattern[] {
  const patterns = [
    ...[...state.threads.values()].flatMap(({ exit, ip, regs }) => [exit, ip, ...regs.values()]),
    ...[...state.mem.values()].map(({ value }) => value),
    ...[...state.probes.values()].flatMap(({ hits, executions, missed, attached }) => [
      hits,
      executions,
      missed,
      attached,
    ]),
    state.xol?.inUse,
    ...Object.values(state.buffer ?? {}),
    ...[...state.uretprobes.values()].map(({ depth }) => depth),
  ]
  return patterns.flatMap(pattern => (pattern ? patternsWithin(pattern) : []))
}

/** Every value pattern of a scenario. */
export function valuePatterns(scenario: Scenario): readonly ValuePattern[] {
  const { output, errors } = scenario.expect
  return [
    ...eventPatterns(scenario).flatMap(patternsOfEvent),
    ...stateChecks(scenario).flatMap(patternsOfState),
    ...[output, errors].flatMap(pattern => (pattern ? patternsWithin(pattern) : [])),
  ]
}

export function patternsOfEvent({ thread, fields }: EventPattern): readonly ValuePattern[] {
  return [...(thread ? [thread] : []), ...Object.values(fields)].flatMap(patternsWithin)
}
