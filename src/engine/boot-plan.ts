// SPDX-License-Identifier: MIT
import { bootKernel } from '../kernel/boot-kernel.ts'
import type { AddressSpace, BootedKernel, SpawnOptions, Task } from '../kernel/kernel.ts'
import { createMachine } from '../machine/create-machine.ts'
import { pageSize, Register } from '../machine/machine.ts'
import type { MachineMemory } from '../machine/memory/machine-memory.ts'
import type { Plan, PlannedProcess } from '../plan/plan.ts'
import type { Image, StartedThread, StartStub } from '../program/image.ts'
import { stateChecks } from '../scenario/all-patterns.ts'
import { KernelTrace } from '../tracing/buffer/kernel-trace.ts'
import { TraceEvents } from '../tracing/trace-events.ts'
import { installUprobes } from '../uprobes/install-uprobes.ts'
import { recordBug } from '../uprobes/known-bugs.ts'
import type { Uprobes } from '../uprobes/uprobes.ts'
import { type Actions, type ProcessOf, withBehaviour } from './consumer-behaviour.ts'
import { ExecutionCount } from './execution-count.ts'
import { HandlerLog } from './handler-log.ts'
import { placeNamer } from './locate.ts'
import { machineState } from './machine-state.ts'
import { ProbeNames } from './probe-names.ts'
import { recordSink } from './record-sink.ts'
import { countTraps, type Traps } from './trap-count.ts'

/** A machine with everything of a plan in place and no program started. */
export type BootedPlan = {
  readonly plan: Plan
  readonly kernel: BootedKernel
  readonly uprobes: Uprobes
  readonly tracing: TraceEvents
  readonly trace: KernelTrace
  readonly names: ProbeNames
  readonly attached: Map<string, boolean>
  readonly state: ReturnType<typeof machineState>
  readonly stackTops: Map<string, bigint>
  readonly handlers: HandlerLog
  /** Only where somebody asks what was executed. */
  readonly executions: ExecutionCount | undefined
  /** As above. */
  readonly traps: Traps | undefined
  readonly place: (mm: AddressSpace, address: bigint) => string
  /** Pages of physical memory in use beside the page cache of the plan's files: before any program, and now. */
  pages(): { readonly taken: number; readonly given: number }
}

export type BootOptions = {
  /** Kept from boot to boot. */
  readonly memory?: MachineMemory | undefined
  /** Counts executions, though no expectation asks for them. */
  readonly count?: boolean | undefined
}

/** Boots a plan: files, probes defined. `actions` is what handlers may ask for. */
export function bootPlan(plan: Plan, actions: Actions, { memory, count }: BootOptions = {}): BootedPlan {
  const bytes = plan.scenario.limits.memory
  const fits = memory !== undefined && bytes <= memory.frames * pageSize
  const machine = createMachine({ memory: bytes, ...(fits && { reserved: memory }) })
  const images = new Map([...plan.images.values()].map(image => [`/${image.name}`, image]))
  const exitValues = new Map<string, bigint>()
  const endDepths = new Map<string, number>()
  const stackTops = new Map<string, bigint>()
  const attached = new Map<string, boolean>()
  const place = placeNamer(
    new Map([...images, ...plan.libraries.map(({ realPath, image }) => [realPath, image] as const)]),
  )
  const executions = count || asksForExecutions(plan) ? new ExecutionCount(plan, attached) : undefined
  const handlers = new HandlerLog(plan, attached, {
    executions,
    listening: (mm, address) => uprobes.inspect().listening(mm, address),
  })
  const kernel = bootKernel(machine, {
    ...(plan.root && { tree: plan.root }),
    place,
    exitValue(task) {
      const value = returnedValue(plan, task)
      if (value !== undefined) exitValues.set(task.name, value)
      return value
    },
  })
  // Before the probes' own hooks, so that what is kept of a process is its state before anything is taken down.
  kernel.hooks.releaseTask.push((task, why) => {
    if (why === 'exit') endDepths.set(task.name, uprobes.inspect().returnDepth(task))
    if (task.mm?.users.size === 1) state.freeze(task)
  })
  const uprobes = installUprobes(kernel, plan.profile)
  const traps = count ? countTraps(kernel, uprobes.inspect()) : undefined
  const names = new ProbeNames(plan)
  const trace = new KernelTrace(() => kernel.now, { ...plan.scenario.buffer, output: plan.profile.output })
  const tracing = new TraceEvents(kernel, uprobes, {
    bug: (bug, place) => recordBug(kernel, bug, place),
    sink: recordSink(kernel, names),
    records: trace,
    choices: plan.profile,
    event(definition) {
      const probe = names.ofDefinition(definition)
      if (!probe) return {}
      return {
        probe: probe.name,
        consumers: probe.consumers,
        wrap: (consumer, index) =>
          handlers.watched(withBehaviour(kernel, probe, actions, processNamer(plan), consumer), index),
      }
    },
  })
  const probes = names.counts(tracing, attached, executions)
  const state = machineState({ plan, kernel, uprobes, trace, probes, exitValues, endDepths, stackTops })
  const inodes = [...images].map(([path, image]) => kernel.createFile(path, image.bytes, 0o755))
  for (const { files } of plan.processes)
    for (const [path, text] of files) kernel.createFile(path, new TextEncoder().encode(text))
  const held = (): number =>
    machine.memory.used - kernel.ownPages - inodes.reduce((sum, { cachedPages }) => sum + cachedPages, 0)
  const given = held()
  return {
    plan,
    kernel,
    uprobes,
    tracing,
    trace,
    names,
    attached,
    state,
    stackTops,
    handlers,
    executions,
    traps,
    place,
    pages: () => ({ taken: held(), given }),
  }
}

function asksForExecutions(plan: Plan): boolean {
  return stateChecks(plan).some(({ probes }) =>
    [...probes.values()].some(({ executions, missed }) => executions !== undefined || missed !== undefined),
  )
}

/** `app.1` and `app` are tasks of `app`; a thread started by `run:` belongs to the first one of its process. */
function processNamer({ processes }: Plan): ProcessOf {
  return task =>
    processes.find(({ threads }) => threads.some(({ name }) => name === task))?.name ??
    task.replace(/(\.\d+)+$/, '')
}

/** Starts the processes and brings every thread to its symbol. What is wrong is a bug: the plan has been checked. */
export function startProcesses({ plan, kernel, stackTops }: BootedPlan): void {
  for (const process of plan.processes) {
    const image = plan.images.get(process.binary)!
    const task = kernel.spawn({
      name: process.name,
      path: process.path,
      argv: process.argv,
      env: process.env,
      ...(process.stdin !== '' && {
        stdin: { kind: 'pipe', bytes: new TextEncoder().encode(process.stdin) },
      }),
      ...(process.threads.length > 1 && { threadNames: process.threads.slice(1).map(thread => thread.name) }),
      ...(image.startStub && process.threads.length > 0 && { stub: stubOf(image.startStub) }),
    })
    if (typeof task === 'number') throw new Error(`${process.path} does not start: errno ${-task}`)
    bringToSymbols(kernel, process, image)
    for (const started of kernel.tasks)
      if (!stackTops.has(started.name)) stackTops.set(started.name, started.registers[Register.rsp]!)
  }
}

function stubOf({ start, end, exitInstructions }: StartStub): NonNullable<SpawnOptions['stub']> {
  return { start, end, instructions: exitInstructions }
}

function bringToSymbols(kernel: BootedKernel, process: PlannedProcess, image: Image): void {
  for (const { name, address } of process.threads) {
    const task = kernel.tasks.find(candidate => candidate.name === name)
    if (!task) throw new Error(`the start stub of ${image.name} made no thread ${name}`)
    while (task.registers[Register.rip] !== address) {
      const { stop } = kernel.run(task, { steps: 1, stopAtEvents: false, at: address })
      if (stop.kind !== 'steps')
        throw new Error(`thread ${name} of ${image.name} does not come to its symbol: ${stop.kind}`)
    }
  }
}

/** All 64 bits that the thread's function returned, where it has returned: the start stub has stored them. */
function returnedValue(plan: Plan, task: Task): bigint | undefined {
  for (const { startStub } of plan.images.values()) {
    const thread = startStub?.threads.find(candidate => candidate.name === task.name)
    if (startStub && thread && within(startStub, task)) return resultOf(thread, task)
  }
  return undefined
}

function within({ start, end }: { readonly start: bigint; readonly end: bigint }, task: Task): boolean {
  const ip = task.registers[Register.rip]!
  return ip >= start && ip < end
}

function resultOf({ resultAddress }: StartedThread, task: Task): bigint | undefined {
  const bytes = new Uint8Array(8)
  if (task.mm?.read(Number(resultAddress), bytes) !== bytes.length) return undefined
  return new DataView(bytes.buffer).getBigUint64(0, true)
}
