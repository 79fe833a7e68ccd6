// SPDX-License-Identifier: MIT
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Event, RecordedEvent } from '../events/event.ts'
import { shortEvent } from '../events/format-event.ts'
import { matchEvent, noBindings } from '../events/match-event.ts'
import { checkState } from '../expect/check-state.ts'
import { planContext } from '../expect/plan-context.ts'
import type { Run } from '../expect/run.ts'
import { Register } from '../machine/machine.ts'
import type { MachineMemory } from '../machine/memory/machine-memory.ts'
import type { Plan } from '../plan/plan.ts'
import type { ScheduleSource } from '../scenario/scenario.ts'
import { bootPlan, startProcesses } from './boot-plan.ts'
import { Driver } from './driver.ts'
import { followSchedule } from './follow-schedule.ts'
import { InvariantWatch } from './invariant-watch.ts'
import { KernelSide } from './kernel-side.ts'
import { placeIn } from './machine-state.ts'

export type EmulatorOptions = {
  /** Another schedule than the plan's, for measuring and comparing. */
  readonly schedule?: ScheduleSource
  /** Memory that a worker keeps from run to run: reserving it anew costs more than a small run. */
  readonly memory?: MachineMemory
  /** Counts executions of probed instructions, though no expectation asks for them, and traps. */
  readonly count?: boolean
}

/** Kinds of events that count although no program has made a step yet. */
const beforeFirstStep: ReadonlySet<string> = new Set(['attach', 'bug', 'log', 'quiesce', 'resumed'])

/** Boots a plan, runs its schedule to the end, and says what happened. The same plan gives the same run, always. */
export function runEmulator(plan: Plan, options: EmulatorOptions = {}): Run {
  const { scenario, expect } = plan
  const booted = bootPlan(
    plan,
    {
      attach: probe => driver.act(side.attach(probe)),
      detach: probe => driver.act(side.detach(probe)),
    },
    options,
  )
  const { kernel, state } = booted
  const context = planContext(plan, state)
  const invariants = new InvariantWatch(booted, booted.handlers)
  const driver = new Driver(kernel, {
    count: booted.executions,
    limit: scenario.limits.instructions,
    budgetSpan: scenario.limits.span ?? scenario.title.span,
    inspect(event) {
      const index = before.length + kernel.events.length - mark
      const broken = invariants.afterEvent(event, index)
      if (!expect.always) return broken
      return [...broken, ...checkState(expect.always, state, { context, when: `after event #${index}` })]
    },
  })
  const side = new KernelSide(booted, driver, invariants)

  side.attachAll('start')
  startProcesses(booted)
  side.attachAll('entry')
  const before = kernel.events.filter(event => beforeFirstStep.has(event.kind))
  const mark = kernel.events.length
  const stepsBefore = totalSteps()
  const events = (): readonly RecordedEvent[] => [...before, ...kernel.events.slice(mark)]

  const wrong = followSchedule(
    {
      driver,
      tasks: () => kernel.tasks,
      runnable: task => kernel.runnable(task),
      advanceClock: () => kernel.advanceClock(),
      ending(task) {
        const index = events().findIndex(({ kind, fields }) => kind === 'exit' && fields.thread === task)
        return index < 0 ? undefined : `it ended at event #${index + 1}: ${shortEvent(events()[index]!)}`
      },
      perform: turn => side.perform(turn, context),
      matches: until => (event: Event) => matchEvent(until.pattern, event, noBindings, context).ok,
      address: (place, task) => (task.mm ? placeIn(booted, task.mm, place) : undefined),
      length: () => runEmulator(plan, { schedule: { kind: 'round-robin' } }).steps,
    },
    options.schedule ?? plan.schedule,
    plan.actions,
  )
  driver.settle()
  const atEnd = driver.broken ? [] : invariants.atEnd()

  const tasks = kernel.tasks.map(task => ({
    name: task.name,
    id: task.id,
    process: task.processId,
    state: task.state,
    where: kernel.locate(task, task.registers[Register.rip]!).at,
  }))
  const diagnostics = distinct([...driver.diagnostics, ...wrong, ...side.diagnostics(), ...atEnd])
  state.freezeAll()

  return {
    events: events().map(({ kind, thread, fields, step }, index) => ({
      kind,
      thread,
      fields,
      index: index + 1,
      step: Math.max(0, step - stepsBefore),
    })),
    output: new TextDecoder().decode(kernel.output(1)),
    errors: new TextDecoder().decode(kernel.output(2)),
    final: state,
    diagnostics,
    ...(driver.crash !== undefined && { crash: driver.crash }),
    ...(booted.traps && { traps: booted.traps }),
    steps: totalSteps() - stepsBefore,
    tasks,
    trace: booted.trace,
  }

  function totalSteps(): number {
    return kernel.tasks.reduce((sum, task) => sum + kernel.steps(task), 0)
  }
}

/** A broken `always` or invariant is told once, where it broke first. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const told = new Set<string>()
  return diagnostics.filter(({ code, message, labels: [label] }) => {
    if (code !== 'T006' && code !== 'T007') return true
    const key = `${code} ${label?.span.start} ${message.replace(/ \(?after event #\d+\)?$/, '')}`
    if (told.has(key)) return false
    told.add(key)
    return true
  })
}
