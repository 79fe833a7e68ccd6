// SPDX-License-Identifier: MIT
import type { Event } from '../../events/event.ts'
import type { Run } from '../../expect/run.ts'
import type { MachineMemory } from '../../machine/memory/machine-memory.ts'
import { makePlan, type PlanOptions } from '../../plan/make-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { type EmulatorOptions, runEmulator } from '../run-emulator.ts'
import type { Figures, Outcome } from './figures.ts'
import { type Variant, withVariant } from './variant.ts'

/** Mappings that belong to uprobes: slots, trampolines, and the file of 2010 that slots were in. */
const ownArea = /^\[uprobes|\/uprobes\/xol/
/** Codes of diagnostics after which a run is not what the scenario meant. */
const unfinished: ReadonlySet<string> = new Set(['T008', 'T009', 'T010', 'T012', 'T016'])
/** Of these the one that is the schedule's doing, and not the program's: it could not be followed on that kernel. */
const notFollowed = 'T010'

/** What programs write, beside how their threads end. */
const streams = ['output', 'errors'] as const

export type MeasureOptions = PlanOptions & { readonly memory?: MachineMemory }

/** Runs a scenario on a kernel of other choices, and counts. Its expectations are not looked at: they are about its own kernel. */
export async function measureVariant(
  scenario: Scenario,
  variant: Variant,
  options: MeasureOptions = {},
): Promise<Outcome> {
  const plan = await makePlan(withVariant(scenario, variant), options)
  if (!plan.ok) return { kind: 'refused', reason: plan.diagnostics[0]!.message }
  const memory: EmulatorOptions = options.memory ? { memory: options.memory } : {}
  const bare = isScheduleFree(plan.value)
    ? resultsOf(runEmulator(withoutProbes(plan.value), memory))
    : undefined
  const run = runEmulator(plan.value, { ...memory, count: true })
  return { kind: 'figures', figures: figuresOf(plan.value, run, bare) }
}

function figuresOf(plan: Plan, run: Run, bare: ReadonlyMap<string, string> | undefined): Figures {
  const counts = [...plan.probes.keys()].map(name => run.final.probe(name)!)
  const sum = (key: 'executions' | 'missed'): number =>
    counts.reduce((all, count) => all + Number(count[key]), 0)
  const executions = sum('executions')
  const missed = sum('missed')
  const { breakpoints = 0, steps = 0, calls = 0 } = run.traps ?? {}
  const of = (kind: Event['kind']): readonly Event[] => run.events.filter(event => event.kind === kind)
  const end = run.diagnostics.find(({ code }) => unfinished.has(code))
  const changes = bare && differences(bare, run, end?.code === notFollowed)
  return {
    executions,
    hits: executions - missed,
    missed,
    traps: breakpoints + steps + calls,
    areas: of('mmap').filter(({ fields }) => ownArea.test(String(fields.path))).length,
    slots: new Set(run.events.flatMap(({ fields: { slot } }) => (slot === undefined ? [] : [slot]))).size,
    refused: of('attach').filter(({ fields }) => fields.errno !== undefined).length,
    stopped: total(of('quiesce'), 'threads'),
    stoppedFor: total(of('resumed'), 'time'),
    ...(changes && { changes }),
    broken: run.diagnostics.filter(({ code }) => code === 'T006').map(({ message }) => message),
    ...(end && { end: end.message }),
  }
}

function total(events: readonly Event[], field: string): number {
  return events.reduce((all, { fields }) => all + Number(fields[field]), 0)
}

/** Whether the schedule leaves programs to themselves: a signal, or a write to memory, would come at another point without probes. */
function isScheduleFree({ schedule, actions }: Plan): boolean {
  const turns = schedule.kind === 'turns' ? schedule.turns : actions
  return !turns.some(({ kind }) => kind === 'signal' || kind === 'write')
}

/** The same programs with nothing attached. A schedule that is a list of turns waits for probes; without them everybody takes turns. */
function withoutProbes(plan: Plan): Plan {
  const schedule = plan.schedule.kind === 'turns' ? { kind: 'round-robin' as const } : plan.schedule
  return { ...plan, probes: new Map(), actions: [], schedule }
}

/** What a program shows to the world: how its threads ended, and its output. */
function resultsOf(run: Run): Map<string, string> {
  const results = new Map<string, string>()
  for (const { kind, thread, fields } of run.events)
    if (kind === 'exit') results.set(thread, `${fields.signal ?? fields.value}`)
  for (const stream of streams) results.set(stream, run[stream])
  return results
}

function isStream(what: string): boolean {
  return streams.some(stream => stream === what)
}

/** Of a run that the schedule has cut off, those that have ended tell something, and the others nothing. */
function differences(
  before: ReadonlyMap<string, string>,
  run: Run,
  isCutOff: boolean,
): readonly string[] | undefined {
  const after = resultsOf(run)
  const changes = [...before].flatMap(([what, result]) => {
    const now = after.get(what)
    if (now === result || (isCutOff && (now === undefined || isStream(what)))) return []
    return [`${what}: ${now ?? 'never ended'} instead of ${result}`]
  })
  return isCutOff && changes.length === 0 ? undefined : changes
}
