// SPDX-License-Identifier: MIT
import { PendingSignals } from '../signal/pending-signals.ts'
import type { SignalActions } from '../signal/signal-actions.ts'
import type { KernelTask } from './kernel-task.ts'
import type { PosixTimer } from './posix-timer.ts'

/** How a process ends: set once, by exit_group, a fatal signal or the last exit. */
export type GroupExit = { readonly code: number; readonly signal: number }

/** A thread group: what its threads share without being asked (signal_struct), and its place among the processes. */
export class Process {
  readonly id: number
  /** The first thread, or the one that has taken its place by exec. */
  leader!: KernelTask
  /** Threads that are alive. */
  readonly tasks: KernelTask[] = []
  readonly children: Process[] = []
  parent: Process | undefined
  /** Signal to the parent at the end; 0: none, and waited for only with __WALL or __WCLONE. */
  exitSignal: number
  actions: SignalActions
  readonly pending = new PendingSignals()
  groupExit: GroupExit | undefined
  /** The thread that is executing a program and waits for the others to go. */
  execTask: KernelTask | undefined
  /** Of timer_create, by their numbers. */
  readonly timers = new Map<number, PosixTimer>()
  /** What its ITIMER_VIRTUAL and ITIMER_PROF are known by. */
  readonly cpuAlarms: readonly [object, object] = [{}, {}]
  /** Limits that it has set or was given, by resource. */
  readonly limits = new Map<number, { readonly soft: bigint; readonly hard: bigint }>()
  /** Steps of its threads that have ended, and of children that have been waited for. */
  steps = 0
  childSteps = 0
  group: number
  session: number
  /** All threads are gone, and nobody has waited yet. */
  zombie = false
  /** wait4's status once it is a zombie. */
  status = 0
  /** Signal that has stopped it; 0: it runs. */
  stopped = 0
  /** News for WUNTRACED and WCONTINUED. */
  news: 'stopped' | 'continued' | undefined
  /** Its parent has to be sent SIGCHLD when it goes on (SIGNAL_CLD_CONTINUED); a wait that takes the news does not change that. */
  tellsThatItGoesOn = false

  constructor(id: number, parent: Process | undefined, exitSignal: number, actions: SignalActions) {
    this.id = id
    this.parent = parent
    this.exitSignal = exitSignal
    this.actions = actions
    this.group = parent?.group ?? id
    this.session = parent?.session ?? id
  }

  get dying(): boolean {
    return this.groupExit !== undefined
  }
}
