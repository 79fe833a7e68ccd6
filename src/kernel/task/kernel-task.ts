// SPDX-License-Identifier: MIT
import type { Context } from '../../machine/machine.ts'
import type { Descriptors } from '../fs/descriptors.ts'
import type { KernelPath, KernelPoint, Task } from '../kernel.ts'
import type { Mm } from '../mm/mm.ts'
import { isKeptFromUser } from '../run/stop-threads.ts'
import { PendingSignals } from '../signal/pending-signals.ts'
import { isFatal } from '../signal/send-signal.ts'
import type { Process } from './process.ts'

export type SleepPoint = Extract<KernelPoint, { kind: 'sleep' }>

/** Whether user mode goes on within the step, or the step is over. */
export type StepEnd = 'over' | 'on'

/** Where relative paths begin, and what new files may not allow (fs_struct). */
export type WorkingFolder = { path: string; umask: number }

export type AlternateStack = { readonly start: bigint; readonly size: bigint; readonly flags: number }
export const noAlternateStack: AlternateStack = { start: 0n, size: 0n, flags: 0 }

export type Ending = { readonly code?: number; readonly signal?: number; readonly replaced?: boolean }

/** What a new task begins with. */
export type TaskParts = {
  id: number
  process: Process
  name: string
  command: string
  mm: Mm
  context: Context
  creator: KernelTask | undefined
  files: Descriptors
  folder: WorkingFolder
  threadNames?: readonly string[]
  /** Where the task is put when something has happened to it. */
  noticed: Set<KernelTask>
}

/** A thread. */
export class KernelTask implements Task {
  id: number
  /** Place among all tasks in the order in which they were made. */
  readonly order: number
  readonly process: Process
  readonly name: string
  command: string
  mm: Mm | undefined
  readonly context: Context
  readonly creator: KernelTask | undefined
  readonly plugins = new Map<symbol, unknown>()
  files: Descriptors
  folder: WorkingFolder

  trapNumber = 0
  errorCode = 0
  /** thread.cr2: address of the last #PF that became a signal. */
  faultAddress = 0n
  resumeWork = false
  stepping = false
  restarting = false
  turnedBack = false

  blocked = 0n
  /** Mask to go back to when a call like rt_sigsuspend is over. */
  savedMask: bigint | undefined
  readonly pending = new PendingSignals()
  alternateStack = noAlternateStack
  /** Number of the system call in progress, -1 outside (orig_rax). */
  systemCall = -1
  /** The rest of an interrupted nanosleep or futex wait, for restart_syscall. */
  restartCall: (() => KernelPath<number | bigint>) | undefined
  clearChildId = 0n
  robustList = 0n
  parentDeathSignal = 0
  /** What sched_setscheduler and setpriority have been told. */
  policy = { kind: 0, priority: 0, nice: 0 }

  /** The kernel path that the task is in; undefined in user mode. */
  path: KernelPath<StepEnd> | undefined
  /** Code of the path is being run right now. */
  running = false
  /** The point at which the path sleeps. */
  point: SleepPoint | undefined
  /** Place among those who sleep or have slept, in the order in which they fell asleep. */
  slept = 0
  dead = false
  ending: Ending | undefined
  /** A step has begun and is not over. */
  within = false
  /** The step in progress has been counted, when the task went to sleep in it. */
  counted = false
  steps = 0
  /** Kernel entries within the step. */
  entries = 0
  readonly works: (() => KernelPath<void>)[] = []
  /** Threads and child processes made so far, for their names. */
  threads = 0
  children = 0
  readonly threadNames: readonly string[]
  /** Tells the parent of a vfork that this task has executed a program or is gone. */
  vforkDone: (() => void) | undefined
  readonly #noticed: Set<KernelTask>
  #signalPending = false

  constructor(parts: TaskParts) {
    this.id = parts.id
    this.order = parts.id
    this.#noticed = parts.noticed
    this.process = parts.process
    this.name = parts.name
    this.command = parts.command
    this.mm = parts.mm
    this.context = parts.context
    this.creator = parts.creator
    this.files = parts.files
    this.folder = parts.folder
    this.threadNames = parts.threadNames ?? []
    this.mm.users.add(this)
    this.process.tasks.push(this)
  }

  get processId(): number {
    return this.process.id
  }

  get leader(): KernelTask {
    return this.process.leader
  }

  get state(): 'runnable' | 'sleeping' | 'dead' {
    return this.dead ? 'dead' : this.point || isKeptFromUser(this) ? 'sleeping' : 'runnable'
  }

  get fatalSignalPending(): boolean {
    return isFatal(this)
  }

  get signalPending(): boolean {
    return this.#signalPending
  }

  set signalPending(value: boolean) {
    this.#signalPending = value
    if (value) this.notice()
  }

  /** Something has happened that may let the task go on, or end it. */
  notice(): void {
    this.#noticed.add(this)
  }

  get registers(): BigUint64Array {
    return this.context.registers
  }

  addWork(work: () => KernelPath<void>): void {
    this.works.push(work)
  }
}
