// SPDX-License-Identifier: MIT
import { Errno, errnoName } from '../../kernel/errno.ts'
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { type BootedCase, bootCase, type CaseFiles, caseFolder } from './boot-case.ts'
import type {
  CorpusCase,
  CorpusItem,
  CorpusOutcome,
  ItemOutcome,
  SetupOutcome,
  TaskOutcome,
} from './corpus-case.ts'

/** Steps that a task gets at a time where the corpus lets all run freely. */
const freeQuantum = 2000
/** Steps of a whole case, so that a program that never ends is a failure instead of a hang. */
const stepLimit = 50_000_000
/** SI_TKILL: an item of a schedule sends to one thread, which only tgkill does. */
const threadSignal = -6

export type CaseRun = {
  readonly outcome: CorpusOutcome
  /** The text of the trace, one for each of the events of the outcome and each stack. */
  readonly printed: readonly string[]
  readonly broken?: string
}

/** Runs a case as the corpus defines it; `start` gives rsp at the first instruction. A text says why it cannot be run. */
export function runCase(
  input: CorpusCase,
  files: CaseFiles,
  start: { readonly rsp: string },
): CaseRun | string {
  const booted = bootCase(files)
  const run = new CorpusRun(input, booted)
  const setup = run.setUp()
  const { kernel } = booted
  const task = kernel.spawn({
    name: 'prog',
    path: `./${input.exe}`,
    argv: input.argv,
    env: Object.entries(input.env).map(([name, value]) => `${name}=${value}`),
    workingDirectory: caseFolder,
    stackPointer: BigInt(start.rsp),
  })
  if (typeof task === 'number') return `the program does not start: ${errnoName(-task)}`
  const { rip, rsp } = run.registers(task)
  const startState = { rip, rsp, maps: [] }
  const items = input.schedule.map(item => run.perform(item))
  run.killAll()
  const outcome: CorpusOutcome = {
    setup,
    start: startState,
    events: booted.records,
    items,
    stdout: Buffer.from(kernel.output(1)).toString('latin1'),
    tasks: run.endings(),
    profile: run.profile(),
  }
  booted.readTrace()
  const { printed } = booted
  return { outcome, printed, ...(run.broken !== undefined && { broken: run.broken }) }
}

class CorpusRun {
  broken: string | undefined
  readonly #input: CorpusCase
  readonly #booted: BootedCase
  readonly #killed = new Set<Task>()
  #made = 0

  constructor(input: CorpusCase, booted: BootedCase) {
    this.#input = input
    this.#booted = booted
  }

  setUp(): Record<string, SetupOutcome> {
    const { events } = this.#booted
    const { define, filter = {}, disabled = [] } = this.#input
    const setup: Record<string, { define?: number; filter?: number; enable?: number }> = {}
    for (const line of define) {
      const refusal = events.define(this.#withPaths(line))
      const entry = (setup[eventName(line)] ??= { define: 0 })
      if (refusal) entry.define = Errno[refusal.errno]
    }
    for (const [name, text] of Object.entries(filter)) {
      const refusal = events.setFilter(name, text)
      setup[name]!.filter = refusal ? Errno[refusal.errno] : 0
    }
    for (const [name, entry] of Object.entries(setup))
      if (!disabled.includes(name) && entry.define === 0) entry.enable = this.#enable(name)
    return setup
  }

  perform(item: CorpusItem): ItemOutcome {
    const { kernel, events } = this.#booted
    if (typeof item[1] === 'number' && item[0] !== 'rr' && !kernel.tasks[item[1]]) return { no_task: true }
    switch (item[0]) {
      case 'run': {
        const made = this.#steps(item[1], item[2])
        return made < item[2] ? { steps: made } : null
      }
      case 'until':
        return { steps: this.#until(item[1], item[2], item[3]) }
      case 'rr':
        this.#rounds(item[1])
        return null
      case 'free':
        this.#booted.free = true
        this.#rounds(freeQuantum)
        return null
      case 'write':
        return { errno: this.#write(item[1], item[2] ?? '') }
      case 'define': {
        const refusal = events.define(this.#withPaths(item[1]))
        return { errno: refusal ? Errno[refusal.errno] : 0 }
      }
      case 'undefine': {
        // The recording read all along; with the event its records would be gone.
        this.#booted.readTrace()
        const refusal = events.undefine(item[1])
        return { errno: refusal ? Errno[refusal.errno] : 0 }
      }
      case 'kill': {
        const task = kernel.tasks[item[1]]!
        const info = { signal: item[2], code: threadSignal }
        const result = task.state === 'dead' ? -Errno.ESRCH : kernel.sendSignal(task, info)
        return { errno: -result }
      }
      case 'maps':
        return { maps: areaLines(this.#maps(item[1])) }
      case 'peek': {
        const bytes = kernel.tasks[item[1]]?.mm?.peek(Number(item[2]), item[3])
        return bytes ? { bytes: Buffer.from(bytes).toString('hex') } : { errno: Errno.EIO }
      }
      case 'regs':
        return this.registers(kernel.tasks[item[1]]!)
      case 'rip':
        return { rip: this.registers(kernel.tasks[item[1]]!).rip }
    }
  }

  registers(task: Task): { rip: string; rsp: string; rax: string } {
    const hex = (index: number): string => `0x${task.registers[index]!.toString(16)}`
    return { rip: hex(Register.rip), rsp: hex(Register.rsp), rax: hex(Register.rax) }
  }

  killAll(): void {
    const { kernel } = this.#booted
    for (const task of kernel.tasks) if (task.state !== 'dead') this.#killed.add(task)
    for (const task of this.#killed) kernel.sendSignal(task, { signal: 9, code: 0 })
    for (const task of this.#killed) kernel.run(task, { steps: 1, stopAtEvents: false })
  }

  endings(): TaskOutcome[] {
    const { kernel, free } = this.#booted
    const stepped = this.#input.schedule.some(item => item[0] !== 'free')
    const numberOf = (task: Task | undefined): number | null => (task ? kernel.tasks.indexOf(task) : null)
    return kernel.tasks.map(task => {
      const { code, signal, replaced } = kernel.ending(task) ?? {}
      const steps = free ? this.#booted.stepsBeforeFree.get(task) : kernel.steps(task)
      return {
        parent: numberOf(task.creator),
        group: numberOf(task.leader) ?? 0,
        ...(stepped && steps !== undefined && { steps }),
        ...(replaced
          ? { replaced: true as const }
          : this.#killed.has(task)
            ? { killed: true as const }
            : signal !== undefined
              ? { signal }
              : code !== undefined && { exit: code }),
      }
    })
  }

  profile(): Record<string, number[]> {
    const profile: Record<string, number[]> = {}
    for (const { event, hits } of this.#booted.events.profile()) (profile[event] ??= []).push(Number(hits))
    return profile
  }

  #enable(name: string): number {
    return -this.#act(this.#booted.events.enable(name), 0)
  }

  #write(target: string, text: string): number {
    const { events } = this.#booted
    const [file, name] = target.split(':') as [string, string]
    switch (file) {
      case 'enable':
        return this.#enable(name)
      case 'disable':
        this.#act(events.disable(name), undefined)
        return 0
      case 'filter': {
        const refusal = events.setFilter(name, text)
        return refusal ? Errno[refusal.errno] : 0
      }
      default:
        return -this.#act(events.setTrigger(name, text.replaceAll('$GROUP', 'uprobes')), 0)
    }
  }

  /** A path of the writer. Where it has to wait, the writer waits while nothing else runs, as in the recording: it ends later. */
  #act<T>(path: KernelPath<T>, later: T): T {
    const outcome = this.#booted.kernel.perform(path, false)
    if (outcome.done) return outcome.value
    this.#booted.waiting.push({ path: path as KernelPath<unknown>, point: outcome.point })
    return later
  }

  #steps(number: number, steps: number): number {
    const { kernel } = this.#booted
    const task = kernel.tasks[number]
    if (!task || task.state === 'dead' || this.broken !== undefined) return 0
    const before = kernel.steps(task)
    this.#booted.settle()
    if (this.#booted.waiting.length === 0) this.#run(task, steps)
    else for (let made = 0; made < steps && this.#run(task, 1); made++) this.#booted.settle()
    return kernel.steps(task) - before
  }

  /** False when the task cannot go on. */
  #run(task: Task, steps: number): boolean {
    const { stop, made } = this.#booted.kernel.run(task, { steps, stopAtEvents: false })
    this.#made += made
    if (stop.kind === 'broken') this.broken = stop.message
    if (this.#made > stepLimit) this.broken = `more than ${stepLimit} steps`
    return stop.kind === 'steps'
  }

  #until(number: number, event: string, count: number): number {
    const { kernel, records } = this.#booted
    const seen = (): number =>
      records.filter(record => record.task === number && record.event === event).length
    let made = 0
    while (seen() < count) {
      const task = kernel.tasks[number]
      if (!task || this.broken !== undefined) break
      const steps = this.#steps(number, 1)
      made += steps
      if (steps === 0) break
    }
    return made
  }

  #rounds(quantum: number): void {
    const { kernel } = this.#booted
    while (this.broken === undefined) {
      const alive = kernel.tasks.filter(task => task.state !== 'dead')
      if (alive.length === 0) return
      const before = this.#made
      for (const task of alive) {
        if (task.state === 'dead' || !kernel.runnable(task)) continue
        this.#steps(kernel.tasks.indexOf(task), quantum)
      }
      const stuck =
        this.#made === before && !alive.some(task => task.state !== 'dead' && kernel.runnable(task))
      if (stuck && !kernel.advanceClock()) {
        if (kernel.tasks.every(task => task.state === 'dead')) return
        this.broken = `nothing can run any more: ${alive.map(task => `${kernel.tasks.indexOf(task)} ${task.state}`).join(', ')}`
      }
    }
  }

  #maps(number: number): string {
    const { kernel } = this.#booted
    const task = kernel.tasks[number]
    return task ? kernel.maps(task) : ''
  }

  #withPaths(line: string): string {
    return line.replaceAll('$EXE', `${caseFolder}/${this.#input.exe}`).replaceAll('$DIR', caseFolder)
  }
}

function eventName(line: string): string {
  return /^[pr]:(?:[^/\s]+\/)?(\S+)/.exec(line)?.[1] ?? line
}

/** The lines of /proc/PID/maps that name a uprobes area, in the corpus's short form: range, rights, file offset, name. */
function areaLines(maps: string): string[] {
  return maps
    .split('\n')
    .filter(line => line.includes('[uprobes'))
    .map(line => line.trim().split(/\s+/))
    .map(([range, rights, offset, , , ...name]) => [range, rights, offset, ...name].join(' '))
}
