// SPDX-License-Identifier: MIT
import type { Event, RecordedEvent } from '../events/event.ts'
import type { EventKind } from '../events/event-kinds.ts'
import type { Address } from '../events/value.ts'
import type { Exit, Frame, Machine, PhysicalMemory } from '../machine/machine.ts'
import { type BootOptions, defaultLimits, type KernelLimits } from './boot-options.ts'
import { Errno } from './errno.ts'
import { FileTree } from './fs/file-tree.ts'
import type { FileInode } from './fs/inode.ts'
import { Network } from './fs/network.ts'
import { Outputs } from './fs/outputs.ts'
import type {
  AddressSpace,
  Inode,
  Kernel,
  KernelHooks,
  KernelPath,
  KernelPoint,
  SignalInfo,
  StoppedThreads,
  Task,
} from './kernel.ts'
import type { Mm } from './mm/mm.ts'
import { Processor } from './processor.ts'
import { Deadlines } from './run/deadlines.ts'
import { stopThreads } from './run/stop-threads.ts'
import { SeededBytes } from './seeded-bytes.ts'
import { waitForContinue } from './signal/deliver-signal.ts'
import { forceSignal, sendToTask } from './signal/send-signal.ts'
import { Futexes } from './syscall/futexes.ts'
import { IpcNamespace } from './syscall/ipc-namespace.ts'
import { AlarmTimers } from './task/alarm-timers.ts'
import { CpuTimers } from './task/cpu-timers.ts'
import type { KernelTask } from './task/kernel-task.ts'
import type { Process } from './task/process.ts'
import { type ExceptionOutcome, handleException } from './trap/handle-exception.ts'

const epoch = 1_577_836_800_000_000_000n
/** First process number of a boot. */
const firstId = 100

/** The state of one boot, and the services that kernel paths use. Knows nothing of steps: those are the runner's. */
export class KernelCore implements Kernel {
  readonly machine: Machine
  readonly options: BootOptions
  readonly limits: KernelLimits
  readonly processor: Processor
  readonly files: FileTree
  readonly outputs: Outputs
  readonly random: SeededBytes
  readonly futexes = new Futexes()
  readonly ipc = new IpcNamespace()
  readonly network = new Network()
  readonly timers = new AlarmTimers()
  readonly cpuTimers = new CpuTimers()
  /** When those who sleep for a time want to go on: tasks, and paths of no task. */
  readonly deadlines = new Deadlines()
  readonly tasks: KernelTask[] = []
  /** Tasks to which something has happened since the runner last looked: a signal, or what they sleep for. */
  readonly noticed = new Set<KernelTask>()
  readonly processes = new Map<number, Process>()
  readonly events: RecordedEvent[] = []
  readonly hooks: KernelHooks = {
    dieNotifiers: [],
    resume: [],
    mmap: [],
    discard: [],
    munmap: [],
    leave: [],
    duplicateMm: [],
    fork: [],
    releaseTask: [],
    releaseMm: [],
    denySignal: [],
    reportSignal: [],
    trapAddress: [],
    systemCalls: new Map(),
  }
  forking = false
  registering = 0
  atomic = false
  /** Steps of all tasks. */
  totalSteps = 0
  /** Nanoseconds by which the clock has been moved beyond one a step. */
  skipped = 0n
  /** Why the run cannot go on. */
  broken: { readonly message: string; readonly address?: bigint; readonly crash?: string } | undefined
  stopsAtEvents = false
  /** Called where events may be looked at: kernel code stands where it could stop, with nothing half done. */
  atEvent: () => void = () => {}
  /** The task whose path is running; undefined for paths of no task. */
  current: KernelTask | undefined
  /** Names of system calls that are not there and have been reported. */
  readonly unsupported = new Set<string>()
  #zeroPage: Frame | undefined
  readonly #living = new Map<number, KernelTask>()
  #ids = firstId
  #mms = 1
  #fileBytes = 0

  constructor(machine: Machine, options: BootOptions) {
    this.machine = machine
    this.options = options
    this.limits = { ...defaultLimits, ...options.limits }
    this.processor = new Processor(machine.cpu)
    this.files = new FileTree(machine.memory)
    this.outputs = new Outputs(
      this.limits.output,
      () => this.breakDown(`the program has written more than ${this.limits.output} bytes`),
      options.output,
    )
    this.random = new SeededBytes(options.seed ?? 0n)
  }

  get memory(): PhysicalMemory {
    return this.machine.memory
  }

  /** The page that untouched anonymous memory reads as, made on first use. */
  get zeroPage(): Frame | undefined {
    this.#zeroPage ??= this.memory.allocate()
    return this.#zeroPage
  }

  get ownPages(): number {
    return (this.#zeroPage === undefined ? 0 : 1) + this.files.outsidePages
  }

  get now(): bigint {
    return BigInt(this.totalSteps) + this.skipped
  }

  /** Nanoseconds since 1970, for those who ask for the time of day: the virtual clock starts on 2020-01-01T00:00:00Z. */
  get timeOfDay(): bigint {
    return epoch + this.now
  }

  /** The next point of time at which a sleeper goes on or a timer fires. */
  nextDeadline(): bigint | undefined {
    const timer = this.timers.earliest()
    const { earliest } = this.deadlines
    return timer === undefined || (earliest !== undefined && earliest < timer) ? earliest : timer
  }

  records(kind: EventKind): boolean {
    return this.options.record?.has(kind) ?? true
  }

  event(event: Event): KernelPoint {
    this.record(event)
    this.atEvent()
    return { kind: 'event', event }
  }

  record(event: Event): void {
    if (!this.records(event.kind)) return
    const { kind, thread, fields } = event
    if (this.options.listen) this.options.listen(event)
    else this.events.push({ kind, thread, fields, index: this.events.length + 1, step: this.totalSteps })
  }

  log(text: string): void {
    this.record({ kind: 'log', thread: this.currentName(), fields: { text } })
  }

  locate(task: Task, address: bigint): Address {
    return this.place((task as KernelTask).mm, address)
  }

  place(mm: Mm | undefined, address: bigint): Address {
    const unsigned = BigInt.asUintN(64, address)
    const at = (mm && this.options.place?.(mm, unsigned)) ?? `0x${unsigned.toString(16)}`
    return { address: unsigned, at }
  }

  /** Name of whoever is doing something: `kernel` where it is no task. */
  currentName(): string {
    return this.current?.name ?? 'kernel'
  }

  /** The run cannot go on; the first reason counts. */
  breakDown(message: string, address?: bigint): void {
    this.broken ??= { message, ...(address === undefined ? {} : { address }) }
  }

  crash(bug: string, message: string): KernelPoint {
    this.broken ??= { message, crash: bug }
    return { kind: 'sleep', reason: 'the kernel has crashed', interruptible: false, ready: () => false }
  }

  interpret(task: Task, bytes: Uint8Array): Exit {
    return this.processor.interpret(task as KernelTask, bytes)
  }

  *raise(task: Task, exception: Extract<Exit, { kind: 'exception' }>): KernelPath<ExceptionOutcome> {
    const outcome = handleException(this, task as KernelTask, exception)
    return typeof outcome === 'string' ? outcome : yield* outcome
  }

  forceSignal(task: Task, info: SignalInfo): void {
    forceSignal(task as KernelTask, info)
  }

  sendSignal(task: Task, info: SignalInfo): number {
    return sendToTask(task as KernelTask, info)
  }

  stopThreads(mm: AddressSpace, reason: string, except?: Task): StoppedThreads {
    return stopThreads(mm as Mm, reason, except as KernelTask | undefined)
  }

  isStopping(mm: AddressSpace): boolean {
    return (mm as Mm).stop !== undefined
  }

  lookup(path: string): Inode | number {
    const found = this.files.lookup(path)
    return typeof found === 'number' || found.content.kind !== 'link' ? found : -Errno.ELOOP
  }

  nextId(): number {
    return this.#ids++
  }

  nextMm(): number {
    return this.#mms++
  }

  addTask(task: KernelTask): void {
    this.tasks.push(task)
    this.#living.set(task.id, task)
  }

  /** A task has ended: its number is free, unless another one has taken it over by exec. */
  removeTask(task: KernelTask): void {
    if (this.#living.get(task.id) === task) this.#living.delete(task.id)
  }

  /** A thread that executes a program takes over the number of its process. */
  renumberTask(task: KernelTask, id: number): void {
    this.removeTask(task)
    task.id = id
    this.#living.set(id, task)
  }

  livingTasks(): number {
    return this.#living.size
  }

  /** The task with a thread number, while it lives. */
  taskById(id: number): KernelTask | undefined {
    return this.#living.get(id)
  }

  /** A process is no more: its number is free. */
  reap(process: Process): void {
    this.processes.delete(process.id)
    if (process.parent) process.parent.childSteps += process.steps + process.childSteps
    const siblings = process.parent?.children
    siblings?.splice(siblings.indexOf(process), 1)
    process.parent = undefined
    process.zombie = false
  }

  /** A thread of a process that has been stopped: it sleeps as soon as it is on its way to user mode. */
  stopTask(task: KernelTask): void {
    task.addWork(() => waitForContinue(task))
  }

  /** Whether a file may have a size: false when the tree would be too big, which ends the run. */
  chargeFile(inode: FileInode, size: number): boolean {
    const more = size - inode.size
    if (more > 0) this.#fileBytes += more
    if (this.#fileBytes <= this.limits.files) return true
    this.breakDown(`the files hold more than ${this.limits.files} bytes`)
    return false
  }

  /** Brings a task's saved extended state up to date. */
  saveExtended(task: KernelTask): void {
    this.processor.save(task)
  }

  /** Gives a task another extended state. */
  loadExtended(task: KernelTask, image: Uint8Array): void {
    this.processor.forget(task)
    task.context.extended.set(image)
  }

  /** Registers and extended state as after exec. */
  resetContext(task: KernelTask): void {
    this.processor.reset(task)
  }

  forget(task: KernelTask): void {
    this.processor.forget(task)
  }
}
