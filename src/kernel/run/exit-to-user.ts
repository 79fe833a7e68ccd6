// SPDX-License-Identifier: MIT
import { inTurn } from '../in-turn.ts'
import type { KernelHooks, KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import {
  deliverSignal,
  hasSignal,
  nextSignal,
  restartSystemCall,
  restoreMask,
} from '../signal/deliver-signal.ts'
import { isKilled, recalculatePending } from '../signal/send-signal.ts'
import type { KernelTask, StepEnd } from '../task/kernel-task.ts'
import { stopPoint } from './stop-threads.ts'

/**
 * The way back to user mode: work of plug-ins, then signals, then task works, the flags being read again after each round (spec 01 §4).
 * `acted`: something of this step has been done already, so a signal that is found waits for the next step (conformance §3).
 * Answers whether the step is over: at once where nobody has to wait on the way.
 */
export function exitToUser(
  kernel: KernelCore,
  task: KernelTask,
  acted: boolean,
): StepEnd | KernelPath<StepEnd> {
  if (task.dead) return 'over'
  const path = doPlugInWork(kernel, task)
  if (!path && !task.signalPending && !task.resumeWork && task.works.length === 0) {
    leaveSystemCall(task)
    if (!wantsSignal(task) && !stopPoint(task)) return endOf(task, acted)
  }
  return exitInRounds(kernel, task, acted, path)
}

/** `path`: work of plug-ins that the first round has begun. */
function* exitInRounds(
  kernel: KernelCore,
  task: KernelTask,
  acted: boolean,
  path: KernelPath | undefined,
): KernelPath<StepEnd> {
  let done = acted
  let taken = 0
  for (let work = path; !task.dead; work = undefined) {
    work ??= doPlugInWork(kernel, task)
    if (work) yield* work
    if (task.signalPending && !kernel.hooks.denySignal.some(denies => denies(task))) {
      if (isKilled(task)) {
        yield* deliverSignal(kernel, task)
        return 'over'
      }
      if (hasSignal(task)) {
        const { reportSignal } = kernel.hooks
        if (reportSignal.length > 0 && (yield* reported(reportSignal, task))) {
          if (++taken <= kernel.limits.restarts) continue
          kernel.breakDown(`plug-ins have taken ${taken} signals of ${task.name} on its way to user mode`)
          return 'over'
        }
        if (done) {
          task.restarting = false
          return 'over'
        }
        yield* deliverSignal(kernel, task)
        // What was being executed elsewhere goes on when the handler returns to it.
        task.stepping = false
        done = true
        continue
      }
    }
    if (task.resumeWork) continue
    leaveSystemCall(task)
    const taskWork = task.works.shift()
    if (taskWork) yield* taskWork()
    if (taskWork || task.resumeWork || wantsSignal(task)) continue
    const stop = stopPoint(task)
    if (!stop) break
    yield stop
  }
  return endOf(task, done)
}

function doPlugInWork({ hooks }: KernelCore, task: KernelTask): KernelPath | undefined {
  if (!task.resumeWork) return undefined
  task.resumeWork = false
  return inTurn(hooks.resume, callHook, task)
}

function callHook(hook: KernelHooks['resume'][number], task: KernelTask): KernelPath | undefined {
  return hook(task)
}

function leaveSystemCall(task: KernelTask): void {
  restartSystemCall(task)
  restoreMask(task)
  task.systemCall = -1
}

function endOf(task: KernelTask, done: boolean): StepEnd {
  if (task.dead) return 'over'
  const on = task.stepping || task.restarting || !done
  task.restarting = false
  return on ? 'on' : 'over'
}

/** Whether a plug-in has taken the next signal. */
function* reported(hooks: KernelHooks['reportSignal'], task: KernelTask): KernelPath<boolean> {
  const next = nextSignal(task)
  for (const hook of next ? hooks : []) {
    const path = hook(task, next!.info)
    if (!path) continue
    next!.pending.takeThis(next!.info)
    recalculatePending(task)
    yield* path
    return true
  }
  return false
}

function wantsSignal(task: KernelTask): boolean {
  return task.signalPending && !task.stepping
}
