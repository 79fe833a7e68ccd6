// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/source-file.ts'
import type { Event } from '../events/event.ts'
import type { Task } from '../kernel/kernel.ts'
import type { ScheduleSource, Turn, Until } from '../scenario/scenario.ts'
import { priorityChange } from '../schedule/priority-change.ts'
import { randomWalk } from '../schedule/random-walk.ts'
import { roundRobin } from '../schedule/round-robin.ts'
import type { Scheduler } from '../schedule/scheduler.ts'
import type { Driver, TurnEnd } from './driver.ts'

/** What the schedule needs of a booted plan. */
export type Stage = {
  readonly driver: Driver
  readonly tasks: () => readonly Task[]
  readonly runnable: (task: Task) => boolean
  readonly advanceClock: () => boolean
  /** Kernel-side turns: attach, detach, define, signal, check, write. */
  /** When a task that is gone ended: `it ended at event #9: exit 11`. */
  readonly ending: (task: string) => string | undefined
  readonly perform: (turn: Turn) => readonly Diagnostic[]
  readonly matches: (until: Until & { kind: 'event' }) => (event: Event) => boolean
  readonly address: (place: string, task: Task) => bigint | undefined
  /** Steps that this plan takes under round-robin: the length that `pct` spreads its change points over. */
  readonly length: () => number
}

/** Runs a schedule to its end; returns what went wrong with the schedule itself. */
export function followSchedule(
  stage: Stage,
  schedule: ScheduleSource,
  actions: readonly Turn[],
): Diagnostic[] {
  if (schedule.kind !== 'turns')
    return followScheduler(stage, schedulerFor(stage, schedule), actions, schedule)
  const diagnostics: Diagnostic[] = []
  for (const turn of schedule.turns) {
    if (turn.kind === 'stop') return diagnostics
    const wrong = turn.kind === 'run' ? takeTurn(stage, turn) : stage.perform(turn)
    diagnostics.push(...wrong)
    if (wrong.some(({ severity }) => severity === 'error') && turn.kind === 'run') return diagnostics
    if (stage.driver.broken) return diagnostics
  }
  return [...diagnostics, ...followScheduler(stage, roundRobin(Number.POSITIVE_INFINITY), actions, schedule)]
}

function schedulerFor(stage: Stage, schedule: Exclude<ScheduleSource, { kind: 'turns' }>): Scheduler {
  switch (schedule.kind) {
    case 'round-robin':
      return roundRobin(schedule.quantum ?? Number.POSITIVE_INFINITY)
    case 'random':
      return randomWalk(schedule.seed, schedule.switch)
    case 'pct':
      return priorityChange(schedule.seed, schedule.depth, stage.length())
  }
}

/** The name under which kernel-side actions take part in a schedule that is not a list. */
const kernelTask = 'kernel'

function followScheduler(
  stage: Stage,
  scheduler: Scheduler,
  actions: readonly Turn[],
  schedule: ScheduleSource,
): Diagnostic[] {
  const { driver } = stage
  const diagnostics: Diagnostic[] = []
  const left = [...actions]
  let current: string | undefined
  const atEvents = schedule.kind === 'random' ? schedule.atEvents : 0
  const until = atEvents > 0 && { until: () => scheduler.random() < atEvents }
  scheduler.begin()
  while (!driver.broken) {
    driver.settle()
    const ready = stage.tasks().filter(task => stage.runnable(task))
    const names = ready.map(task => task.name)
    if (left.length > 0 && !driver.waiting) names.push(kernelTask)
    if (names.length === 0) {
      if (stage.advanceClock()) continue
      const asleep = stage.tasks().filter(task => task.state === 'sleeping')
      if (asleep.length > 0) diagnostics.push(deadlock(driver, asleep, schedule.span))
      break
    }
    const { task: name, steps } = scheduler.next(names, current)
    current = name
    if (name === kernelTask) diagnostics.push(...stage.perform(left.shift()!))
    else driver.turn(ready.find(task => task.name === name)!, { steps, ...until })
  }
  return diagnostics
}

function takeTurn(stage: Stage, turn: Turn & { kind: 'run' }): Diagnostic[] {
  const { driver } = stage
  const name = turn.task.value
  const task = stage.tasks().find(candidate => candidate.name === name)
  const refuse = (message: string, note?: string, span: Span = turn.task.span): Diagnostic[] => [
    {
      code: 'T010',
      severity: 'error',
      message,
      labels: [{ span }],
      ...(note !== undefined && { notes: [note] }),
    },
  ]
  if (!task)
    return refuse(
      `there is no task \`${name}\` at this point`,
      `tasks so far: ${stage
        .tasks()
        .map(other => other.name)
        .join(', ')}`,
    )
  if (task.state === 'dead')
    return refuse(`\`${name}\` is gone already, so it cannot run here`, stage.ending(name))
  driver.settle()
  if (task.state === 'sleeping' && !stage.runnable(task))
    return refuse(`\`${name}\` sleeps at this point, so it cannot run`)

  const { until } = turn
  const at = until?.kind === 'at' ? stage.address(until.place.value, task) : undefined
  const end = driver.turn(task, {
    steps: turn.instructions ?? Number.POSITIVE_INFINITY,
    ...(until?.kind === 'event' && { until: stage.matches(until) }),
    ...(at !== undefined && { at }),
  })
  if (end.kind === 'broken') return []
  const missed = missedTarget(turn, end)
  if (missed === undefined) return []
  const reason = `the turn ended because ${describeEnd(name, end)}`
  return refuse(missed, end.kind === 'dead' ? (stage.ending(name) ?? reason) : reason, targetSpan(turn))
}

function missedTarget(
  { until, instructions, task }: Turn & { kind: 'run' },
  end: TurnEnd,
): string | undefined {
  if (until?.kind === 'blocked') return end.kind === 'sleep' ? undefined : `\`${task.value}\` never blocked`
  if (until)
    return end.kind === 'reached' ? undefined : `\`${task.value}\` never reached what \`until\` waits for`
  if (instructions !== undefined && end.kind !== 'steps' && end.kind !== 'dead')
    return `\`${task.value}\` could not make ${instructions} steps`
  return undefined
}

/** Where the author wrote what the turn waits for. */
function targetSpan({ until, task }: Turn & { kind: 'run' }): Span {
  if (until?.kind === 'event') return until.pattern.span
  return until?.kind === 'at' ? until.place.span : task.span
}

function describeEnd(name: string, end: TurnEnd): string {
  switch (end.kind) {
    case 'sleep':
      return `\`${name}\` went to sleep: ${end.reason}`
    case 'dead':
      return `\`${name}\` ended`
    default:
      return `\`${name}\` had made its steps`
  }
}

function deadlock(driver: Driver, asleep: readonly Task[], span: Span | undefined): Diagnostic {
  return {
    code: 'T009',
    severity: 'error',
    message: `nothing can run any more: ${asleep.map(task => task.name).join(', ')} ${asleep.length === 1 ? 'sleeps' : 'sleep'} for ever`,
    labels: [{ span: span ?? driver.budgetSpan }],
    notes: driver.whereabouts(),
  }
}
