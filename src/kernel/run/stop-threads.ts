// SPDX-License-Identifier: MIT
import type { KernelPoint, StoppedThreads } from '../kernel.ts'
import type { Mm } from '../mm/mm.ts'
import { isFatal } from '../signal/send-signal.ts'
import type { KernelTask } from '../task/kernel-task.ts'

/** Why the threads of an mm may not go to user mode. */
export type ThreadStop = { readonly reason: string; readonly except: KernelTask | undefined }

/** `Kernel.stopThreads`. */
export function stopThreads(mm: Mm, reason: string, except?: KernelTask): StoppedThreads {
  if (mm.stop) throw new Error('the threads of this mm are being stopped already')
  const stop: ThreadStop = { reason, except }
  mm.stop = stop
  const asked = [...mm.users].filter(task => takesPart(task, stop))
  // As signal_wake_up does without a signal: also what is only about to sleep will not.
  for (const task of asked) if (task.within) task.signalPending = true
  return {
    count: asked.length,
    get complete() {
      return [...mm.users].every(task => !takesPart(task, stop) || isStopped(task))
    },
    release() {
      mm.stop = undefined
    },
  }
}

/** In user mode, where it may not be. SIGKILL ends that. */
export function isKeptFromUser(task: KernelTask): boolean {
  const stop = task.mm?.stop
  return stop !== undefined && !task.within && !task.dead && takesPart(task, stop) && !isFatal(task)
}

/** Where a task on its way to user mode has to sleep; undefined where it need not. */
export function stopPoint(task: KernelTask): KernelPoint | undefined {
  const { mm } = task
  const stop = mm?.stop
  if (!stop || task.stepping || !takesPart(task, stop)) return undefined
  return {
    kind: 'sleep',
    reason: stop.reason,
    interruptible: false,
    killable: true,
    stopped: true,
    ready: () => mm.stop !== stop,
  }
}

function isStopped(task: KernelTask): boolean {
  return !task.within || task.point?.stopped === true
}

/** The parent of a vfork cannot stop before its child lets go of the mm. */
function takesPart(task: KernelTask, { except }: ThreadStop): boolean {
  return task !== except && task.vforkDone === undefined
}
