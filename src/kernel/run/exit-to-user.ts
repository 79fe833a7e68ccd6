// SPDX-License-Identifier: MIT
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
 * Answers whether the step is over.
 */
export function* exitToUser(kernel: KernelCore, task: KernelTask, acted: boolean): KernelPath<StepEnd> {
  let done = acted
  while (!task.dead) {
    if (task.resumeWork) {
      task.resumeWork = false
      for (const hook of kernel.hooks.resume) {
        const path = hook(task)
        if (path) yield* path
      }
    }
    if (task.signalPending && !kernel.hooks.denySignal.some(denies => denies(task))) {
      if (isKilled(task)) {
        yield* deliverSignal(kernel, task)
        return 'over'
      }
      if (hasSignal(task)) {
        const { reportSignal } = kernel.hooks
        if (reportSignal.length > 0 && (yield* reported(reportSignal, task))) continue
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
    restartSystemCall(task)
    restoreMask(task)
    task.systemCall = -1
    const work = task.works.shift()
    if (work) yield* work()
    if (work || task.resumeWork || wantsSignal(task)) continue
    const stop = stopPoint(task)
    if (!stop) break
    yield stop
  }
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
