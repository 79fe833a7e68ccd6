// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno, Restart } from '../errno.ts'
import type { KernelPath, SignalInfo } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { exitGroup } from '../task/exit-task.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { notifyParentOfStop } from '../task/notify-parent.ts'
import type { PendingSignals } from './pending-signals.ts'
import { fatalSignal, forceSignal, isIgnored, isKilled, recalculatePending } from './send-signal.ts'
import { defaultHandler, type SignalAction, SignalFlag } from './signal-actions.ts'
import { pushSignalFrame } from './signal-frame.ts'
import { bit, defaultAction, Signal, signalName } from './signal-numbers.ts'

/** Drops pending signals that are ignored by now; whether one is left that does something. Delivers nothing. */
export function hasSignal(task: KernelTask): boolean {
  if (isKilled(task)) return true
  for (const pending of [task.pending, task.process.pending]) {
    for (let next = pending.next(~task.blocked); next; next = pending.next(~task.blocked)) {
      if (!isIgnored(task, next)) return true
      pending.drop(bit(next))
    }
  }
  recalculatePending(task)
  return false
}

/** Delivers the next signal: to its handler, or with its default action. Call only after `hasSignal`. */
export function* deliverSignal(kernel: KernelCore, task: KernelTask): KernelPath {
  if (isKilled(task)) {
    yield* dieOf(kernel, task, { signal: Signal.SIGKILL, code: 0 })
    return
  }
  const info = dequeue(task)
  recalculatePending(task)
  if (!info) return
  const action = task.process.actions.get(info.signal)
  if (action.handler !== defaultHandler) {
    yield* runHandler(kernel, task, info, action)
    return
  }
  if (defaultAction(info.signal) === 'stop') yield* stop(kernel, task, info)
  else yield* dieOf(kernel, task, info)
}

/** A system call was interrupted, and no handler runs: it is tried again as if nothing had been. */
export function restartSystemCall(task: KernelTask): void {
  const { registers } = task
  const code = interruptedWith(task)
  if (code === 0) return
  const again = code === Restart.BLOCK ? restartSystemCallNumber : task.systemCall
  registers[Register.rax] = BigInt(again)
  registers[Register.rip] = registers[Register.rip]! - 2n
  task.systemCall = -1
}

/** Goes back to the mask that a call like rt_sigsuspend has replaced, when no handler does it at its return. */
export function restoreMask(task: KernelTask): void {
  if (task.savedMask === undefined) return
  task.blocked = task.savedMask
  task.savedMask = undefined
  recalculatePending(task)
}

const restartSystemCallNumber = 219

function interruptedWith(task: KernelTask): number {
  if (task.systemCall < 0) return 0
  const code = Number(BigInt.asIntN(64, -task.registers[Register.rax]!))
  return code === Restart.SYS || code === Restart.NOINTR || code === Restart.NOHAND || code === Restart.BLOCK
    ? code
    : 0
}

/** The signal that is delivered next, and where it waits: fatal ones first, then what an instruction has brought about. */
export function nextSignal(
  task: KernelTask,
): { readonly info: SignalInfo; readonly pending: PendingSignals } | undefined {
  const both = [task.pending, task.process.pending]
  const fatal = fatalSignal(task)
  const wanted = ~task.blocked
  const synchronous = fatal === undefined ? task.pending.nextSynchronous(wanted) : undefined
  if (synchronous) return { info: synchronous, pending: task.pending }
  for (const pending of both) {
    const next = fatal ?? pending.next(wanted)
    const info = next === undefined ? undefined : pending.peek(next)
    if (info) return { info, pending }
  }
  return undefined
}

function dequeue(task: KernelTask): SignalInfo | undefined {
  const next = nextSignal(task)
  next?.pending.takeThis(next.info)
  return next?.info
}

function* runHandler(
  kernel: KernelCore,
  task: KernelTask,
  info: SignalInfo,
  action: SignalAction,
): KernelPath {
  endSystemCall(task, action)
  yield* recordSignal(kernel, task, info, 'handler')
  if ((action.flags & SignalFlag.RESETHAND) !== 0n)
    task.process.actions.set(info.signal, { ...action, handler: defaultHandler })
  if (!pushSignalFrame(kernel, task, info, action)) {
    forceSignal(task, { signal: Signal.SIGSEGV, code: 0x80 }, info.signal === Signal.SIGSEGV)
    return
  }
  task.blocked |= action.mask & ~bit(Signal.SIGKILL) & ~bit(Signal.SIGSTOP)
  if ((action.flags & SignalFlag.NODEFER) === 0n) task.blocked |= bit(info.signal)
  task.savedMask = undefined
  recalculatePending(task)
}

/** With a handler an interrupted call fails with EINTR, unless it is one that goes on (SA_RESTART). */
function endSystemCall(task: KernelTask, action: SignalAction): void {
  const code = interruptedWith(task)
  if (code === 0) return
  const again =
    code === Restart.NOINTR || (code === Restart.SYS && (action.flags & SignalFlag.RESTART) !== 0n)
  if (again) restartSystemCall(task)
  else task.registers[Register.rax] = BigInt.asUintN(64, BigInt(-Errno.EINTR))
  task.systemCall = -1
}

function* dieOf(kernel: KernelCore, task: KernelTask, info: SignalInfo): KernelPath {
  const { process } = task
  if (!process.groupExit && process.execTask === undefined) {
    yield* recordSignal(kernel, task, info, 'kill')
    yield* exitGroup(kernel, task, { code: 0, signal: info.signal })
  } else {
    // SIGKILL from outside says so once; threads that go down with their process or give way to exec do not.
    if (process.groupExit?.signal === Signal.SIGKILL && process.leader === task)
      yield* recordSignal(kernel, task, info, 'kill')
    yield* exitGroup(kernel, task, process.groupExit ?? { code: 0, signal: 0 })
  }
}

function* stop(kernel: KernelCore, task: KernelTask, info: SignalInfo): KernelPath {
  const { process } = task
  yield* recordSignal(kernel, task, info, 'stop')
  process.stopped = info.signal
  process.news = 'stopped'
  notifyParentOfStop(process)
  for (const other of process.tasks) if (other !== task) kernel.stopTask(other)
  yield* waitForContinue(task)
}

/** Sleeps until SIGCONT or SIGKILL. */
export function* waitForContinue(task: KernelTask): KernelPath {
  const { process } = task
  yield {
    kind: 'sleep',
    reason: 'stopped',
    interruptible: false,
    killable: true,
    stopped: true,
    ready: () => process.stopped === 0,
  }
  if (process.tellsThatItGoesOn && !isKilled(task)) notifyParentOfStop(process)
  process.tellsThatItGoesOn = false
  recalculatePending(task)
}

function* recordSignal(kernel: KernelCore, task: KernelTask, info: SignalInfo, action: string): KernelPath {
  if (!kernel.records('signal')) return
  yield kernel.event({
    kind: 'signal',
    thread: task.name,
    fields: {
      signal: signalName(info.signal),
      ip: kernel.place(task.mm!, task.registers[Register.rip]!),
      code: BigInt(info.code),
      ...(info.address === undefined ? {} : { address: kernel.place(task.mm!, info.address) }),
      action,
    },
  })
}
