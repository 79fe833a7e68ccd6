// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { SignalInfo } from '../kernel.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { Process } from '../task/process.ts'
import type { PendingSignals } from './pending-signals.ts'
import { defaultHandler, ignoreHandler } from './signal-actions.ts'
import { bit, defaultAction, dumpingCore, Signal, signalCount, stopSignals } from './signal-numbers.ts'

/** A signal for one thread. Ignored ones vanish here. 0 or -errno. */
export function sendToTask(task: KernelTask, info: SignalInfo): number {
  return send(task, info, task.pending, false)
}

/** A signal for a process: any of its threads that does not block it takes it. 0 or -errno. */
export function sendToProcess(process: Process, info: SignalInfo): number {
  const first = process.tasks.find(task => task === process.leader) ?? process.tasks[0]
  if (!first) return process.zombie ? 0 : -Errno.ESRCH
  return send(first, info, process.pending, true)
}

/**
 * A signal that a task brings upon itself: if it was blocked or ignored, it is unblocked and gets its default action (force_sig_info).
 */
export function forceSignal(task: KernelTask, info: SignalInfo, fatal = false): void {
  const { actions } = task.process
  const action = actions.get(info.signal)
  const blocked = (task.blocked & bit(info.signal)) !== 0n
  if (blocked || fatal || action.handler === ignoreHandler) {
    actions.set(info.signal, { ...action, handler: defaultHandler })
    if (blocked) task.blocked &= ~bit(info.signal)
  }
  task.pending.add(info)
  task.signalPending = true
}

/** TIF_SIGPENDING follows from what is pending and not blocked. */
export function recalculatePending(task: KernelTask): void {
  task.signalPending =
    ((task.pending.mask | task.process.pending.mask) & ~task.blocked) !== 0n || isKilled(task)
}

/** SIGKILL is on its way: the task dies as soon as it is on its way to user mode. */
export function isKilled(task: KernelTask): boolean {
  const { process } = task
  return (
    (task.pending.mask & bit(Signal.SIGKILL)) !== 0n ||
    process.groupExit !== undefined ||
    (process.execTask !== undefined && process.execTask !== task)
  )
}

/** fatal_signal_pending: the task is certain to die as soon as it is on its way to user mode. */
export function isFatal(task: KernelTask): boolean {
  return isKilled(task) || fatalSignal(task) !== undefined
}

/**
 * A pending signal that counts as SIGKILL from the moment it is sent (complete_signal): it kills by default, without a core dump, and the
 * task neither handles nor blocks it. A debugger could still take it away: what is traced dies when it is delivered.
 */
export function fatalSignal(task: KernelTask): number | undefined {
  if (task.process.stopped !== 0 || isTraced(task)) return undefined
  let pending = (task.pending.mask | task.process.pending.mask) & ~task.blocked & ~dumpingCore
  for (let signal = 1; pending !== 0n; signal++, pending >>= 1n) {
    if ((pending & 1n) === 0n || defaultAction(signal) !== 'kill') continue
    if (task.process.actions.get(signal).handler === defaultHandler) return signal
  }
  return undefined
}

/** Kills every thread of a process but one. */
export function killOthers(process: Process, except: KernelTask | undefined): void {
  for (const task of process.tasks) {
    if (task === except) continue
    task.pending.add({ signal: Signal.SIGKILL, code: 0x80 })
    task.signalPending = true
  }
}

/** Whether a signal would be dropped on arrival: not blocked, and ignored by the program or by default. */
export function isIgnored(task: KernelTask, signal: number): boolean {
  if (((task.blocked | (task.savedMask ?? 0n)) & bit(signal)) !== 0n) return false
  return isIgnoredAlways(task.process, signal)
}

/** Whether the program or the default ignores a signal, blocked or not. */
export function isIgnoredAlways(process: Process, signal: number): boolean {
  const { handler } = process.actions.get(signal)
  return (
    handler === ignoreHandler ||
    (handler === defaultHandler && (defaultAction(signal) === 'ignore' || signal === Signal.SIGCONT))
  )
}

function isTraced(task: KernelTask): boolean {
  return task.mm?.kernel.options.traced === true
}

function send(task: KernelTask, info: SignalInfo, pending: PendingSignals, shared: boolean): number {
  const { signal } = info
  if (signal < 0 || signal > signalCount) return -Errno.EINVAL
  if (task.dead) return -Errno.ESRCH
  if (signal === 0) return 0
  prepare(task.process, signal)
  if (isIgnored(task, signal) && !isTraced(task)) return 0
  if (!pending.add(info)) return 0
  const taker = takerOf(task, signal, shared)
  if (taker) taker.signalPending = true
  if (signal === Signal.SIGKILL) {
    task.process.groupExit ??= { code: 0, signal }
    task.process.stopped = 0
    killOthers(task.process, undefined)
  }
  return 0
}

/** Stopping and continuing cancel each other before anything else (prepare_signal). */
function prepare(process: Process, signal: number): void {
  if (stopSignals.has(signal)) dropAll(process, bit(Signal.SIGCONT))
  if (signal !== Signal.SIGCONT) return
  dropAll(
    process,
    [...stopSignals].reduce((mask, stop) => mask | bit(stop), 0n),
  )
  if (process.stopped === 0) return
  process.stopped = 0
  process.news = 'continued'
  process.tellsThatItGoesOn = true
}

function dropAll(process: Process, signals: bigint): void {
  process.pending.drop(signals)
  for (const task of process.tasks) task.pending.drop(signals)
}

/** The thread that a signal wakes: the one it was sent to, if it takes it; for a process, the first that does. */
function takerOf(task: KernelTask, signal: number, shared: boolean): KernelTask | undefined {
  const takes = (candidate: KernelTask) =>
    signal === Signal.SIGKILL || (candidate.blocked & bit(signal)) === 0n
  if (takes(task)) return task
  return shared ? task.process.tasks.find(takes) : undefined
}
