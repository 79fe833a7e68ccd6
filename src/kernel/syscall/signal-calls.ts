// SPDX-License-Identifier: MIT

import { Register } from '../../machine/machine.ts'
import { Errno, Restart } from '../errno.ts'
import type { KernelPath, SignalInfo } from '../kernel.ts'
import { setAlternateStack, stackSize, writeAlternateStack } from '../signal/alternate-stack.ts'
import {
  forceSignal,
  isIgnoredAlways,
  recalculatePending,
  sendToProcess,
  sendToTask,
} from '../signal/send-signal.ts'
import { popSignalFrame } from '../signal/signal-frame.ts'
import { encodeSignalInfo, signalInfoSize } from '../signal/signal-info.ts'
import { bit, Signal, signalCount, unblockable } from '../signal/signal-numbers.ts'
import { type Call, type CallResult, int, type SystemCall } from './system-call.ts'
import { readTimespec } from './time-values.ts'
import { readView, writeBytes, writeStructure } from './user-access.ts'

const How = { BLOCK: 0, UNBLOCK: 1, SETMASK: 2 } as const
/** SI_USER, SI_TKILL. */
const Code = { USER: 0, TKILL: -6 } as const

export const signalCalls: readonly SystemCall[] = [
  { number: 13, name: 'rt_sigaction', count: 4, support: 'full', handler: sigaction },
  { number: 14, name: 'rt_sigprocmask', count: 4, support: 'full', handler: sigprocmask },
  { number: 15, name: 'rt_sigreturn', count: 0, support: 'full', handler: sigreturn },
  {
    number: 34,
    name: 'pause',
    count: 0,
    support: 'full',
    handler: function* ({ task }) {
      yield* waitForSignal(task, 'pause')
      return -Restart.NOHAND
    },
  },
  { number: 62, name: 'kill', count: 2, support: 'full', handler: kill },
  { number: 127, name: 'rt_sigpending', count: 2, support: 'full', handler: sigpending },
  { number: 128, name: 'rt_sigtimedwait', count: 4, support: 'full', handler: sigtimedwait },
  { number: 129, name: 'rt_sigqueueinfo', count: 3, support: 'full', handler: sigqueueinfo },
  { number: 130, name: 'rt_sigsuspend', count: 2, support: 'full', handler: sigsuspend },
  { number: 131, name: 'sigaltstack', count: 2, support: 'full', handler: sigaltstack },
  {
    number: 200,
    name: 'tkill',
    count: 2,
    support: 'full',
    handler: call => sendToThread(call, undefined, int(call.arguments[0]), int(call.arguments[1])),
  },
  {
    number: 297,
    name: 'rt_tgsigqueueinfo',
    count: 4,
    support: 'full',
    handler: tgsigqueueinfo,
  },
  {
    number: 234,
    name: 'tgkill',
    count: 3,
    support: 'full',
    handler: call =>
      sendToThread(call, int(call.arguments[0]), int(call.arguments[1]), int(call.arguments[2])),
  },
]

/** struct sigaction of the kernel: handler, flags, restorer, mask. */
function sigaction({ task, arguments: [number, wanted, old, size] }: Call): number {
  const signal = int(number)
  if (size !== 8n || signal < 1 || signal > signalCount) return -Errno.EINVAL
  const { actions } = task.process
  const before = actions.get(signal)
  if (wanted !== 0n) {
    const view = readView(task, wanted, 32)
    if (!view) return -Errno.EFAULT
    if ((bit(signal) & unblockable) !== 0n) return -Errno.EINVAL
    actions.set(signal, {
      handler: view.getBigUint64(0, true),
      flags: view.getBigUint64(8, true),
      restorer: view.getBigUint64(16, true),
      mask: view.getBigUint64(24, true) & ~unblockable,
    })
    dropIgnored(task, signal)
  }
  if (old === 0n) return 0
  return writeStructure(task, old, 32, view => {
    const { handler, flags, restorer, mask } = before
    for (const [index, word] of [handler, flags, restorer, mask].entries())
      view.setBigUint64(index * 8, word, true)
  })
}

/** Ignoring a signal throws away those that are pending (POSIX 3.3.1.3). */
function dropIgnored(task: Call['task'], signal: number): void {
  const { process } = task
  if (!isIgnoredAlways(process, signal)) return
  process.pending.drop(bit(signal))
  for (const thread of process.tasks) thread.pending.drop(bit(signal))
}

function sigprocmask({ task, arguments: [how, wanted, old, size] }: Call): number {
  if (size !== 8n) return -Errno.EINVAL
  const before = task.blocked
  if (wanted !== 0n) {
    const set = readView(task, wanted, 8)?.getBigUint64(0, true)
    if (set === undefined) return -Errno.EFAULT
    if (int(how) === How.BLOCK) task.blocked |= set
    else if (int(how) === How.UNBLOCK) task.blocked &= ~set
    else if (int(how) === How.SETMASK) task.blocked = set
    else return -Errno.EINVAL
    task.blocked &= ~unblockable
    recalculatePending(task)
  }
  return old === 0n ? 0 : writeStructure(task, old, 8, view => view.setBigUint64(0, before, true))
}

function sigreturn({ kernel, task }: Call): CallResult {
  task.systemCall = -1
  if (!popSignalFrame(kernel, task)) {
    forceSignal(task, { signal: Signal.SIGSEGV, code: 0x80 })
    return 0
  }
  recalculatePending(task)
  // Where the call itself was being executed elsewhere: its registers are gone.
  task.stepping = false
  return task.registers[Register.rax]!
}

function kill(call: Call): number {
  const { kernel, task } = call
  const target = int(call.arguments[0])
  const info = signalFrom(call, int(call.arguments[1]), Code.USER)
  if (target > 0) {
    const process = kernel.processes.get(target)
    return process ? sendToProcess(process, info) : -Errno.ESRCH
  }
  const group = target === 0 ? task.process.group : -target
  const chosen = [...kernel.processes.values()].filter(process =>
    target === -1 ? process !== task.process : process.group === group,
  )
  if (chosen.length === 0) return -Errno.ESRCH
  for (const process of chosen) {
    const problem = sendToProcess(process, info)
    if (problem === -Errno.EINVAL) return problem
  }
  return 0
}

function sendToThread(call: Call, process: number | undefined, id: number, signal: number): number {
  if (id <= 0 || (process !== undefined && process <= 0)) return -Errno.EINVAL
  const target = call.kernel.taskById(id)
  if (!target || (process !== undefined && target.processId !== process)) return -Errno.ESRCH
  return sendToTask(target, signalFrom(call, signal, Code.TKILL))
}

function signalFrom({ task }: Call, signal: number, code: number): SignalInfo {
  return { signal, code, pid: task.processId, uid: 0 }
}

function tgsigqueueinfo(call: Call): number {
  const { kernel, task, arguments: a } = call
  if (int(a[0]) <= 0 || int(a[1]) <= 0) return -Errno.EINVAL
  const info = readInfo(task, a[3], int(a[2]))
  if (!info) return -Errno.EFAULT
  const target = kernel.taskById(int(a[1]))
  if (!target || target.processId !== int(a[0])) return -Errno.ESRCH
  if (isForged(info) && target.process !== task.process) return -Errno.EPERM
  return sendToTask(target, info)
}

/** A code that only the kernel, or kill, gives to others. */
function isForged({ code }: SignalInfo): boolean {
  return code >= 0 || code === Code.TKILL
}

function readInfo(task: Call['task'], address: bigint, signal: number): SignalInfo | undefined {
  const view = readView(task, address, signalInfoSize)
  return (
    view && {
      signal,
      code: view.getInt32(8, true),
      pid: view.getInt32(16, true),
      uid: view.getInt32(20, true),
      value: view.getBigUint64(24, true),
    }
  )
}

function sigqueueinfo(call: Call): number {
  const { kernel, task, arguments: a } = call
  const info = readInfo(task, a[2], int(a[1]))
  const process = kernel.processes.get(int(a[0]))
  if (!info) return -Errno.EFAULT
  if (!process) return -Errno.ESRCH
  return isForged(info) && process !== task.process ? -Errno.EPERM : sendToProcess(process, info)
}

function sigpending({ task, arguments: [address, size] }: Call): number {
  if (size > 8n) return -Errno.EINVAL
  const mask = (task.pending.mask | task.process.pending.mask) & task.blocked
  return writeStructure(task, address, 8, view => view.setBigUint64(0, mask, true))
}

function* sigsuspend({ task, arguments: [address, size] }: Call): KernelPath<number> {
  if (size !== 8n) return -Errno.EINVAL
  const mask = readView(task, address, 8)?.getBigUint64(0, true)
  if (mask === undefined) return -Errno.EFAULT
  task.savedMask = task.blocked
  task.blocked = mask & ~unblockable
  recalculatePending(task)
  yield* waitForSignal(task, 'rt_sigsuspend')
  return -Restart.NOHAND
}

function* waitForSignal(task: Call['task'], reason: string): KernelPath {
  if (task.signalPending) return
  yield { kind: 'sleep', reason, interruptible: true, quiet: true, ready: () => false }
}

function* sigtimedwait({ kernel, task, arguments: [set, info, timeout, size] }: Call): KernelPath<number> {
  if (size !== 8n) return -Errno.EINVAL
  const wanted = readView(task, set, 8)?.getBigUint64(0, true)
  if (wanted === undefined) return -Errno.EFAULT
  const time = timeout === 0n ? undefined : readTimespec(task, timeout)
  if (typeof time === 'number') return time
  const mask = wanted & ~unblockable
  const sets = [task.pending, task.process.pending]
  const arrived = () => sets.some(pending => (pending.mask & mask) !== 0n)
  if (!arrived() && time !== 0n) {
    const deadline = time === undefined ? undefined : kernel.now + time
    const late = () => deadline !== undefined && kernel.now >= deadline
    yield {
      kind: 'sleep',
      reason: 'rt_sigtimedwait',
      interruptible: true,
      ready: () => arrived() || late(),
      ...(deadline === undefined ? {} : { deadline }),
    }
    if (!arrived() && !late()) return -Errno.EINTR
  }
  for (const pending of sets) {
    const next = pending.next(mask)
    const taken = next === undefined ? undefined : pending.take(next)
    if (!taken) continue
    recalculatePending(task)
    const problem =
      info === 0n ? 0 : writeStructure(task, info, signalInfoSize, view => encodeSignalInfo(view, 0, taken))
    return problem || taken.signal
  }
  return -Errno.EAGAIN
}

function sigaltstack({ task, arguments: [wanted, old] }: Call): number {
  const before = new DataView(new ArrayBuffer(stackSize))
  writeAlternateStack(before, 0, task)
  if (wanted !== 0n) {
    const view = readView(task, wanted, stackSize)
    if (!view) return -Errno.EFAULT
    const problem = setAlternateStack(task, view, 0)
    if (problem < 0) return problem
  }
  return old === 0n ? 0 : writeBytes(task, old, new Uint8Array(before.buffer))
}
