// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { deliverSignal, hasSignal, restartSystemCall, restoreMask } from '../signal/deliver-signal.ts'
import { isKilled } from '../signal/send-signal.ts'
import type { KernelTask, StepEnd } from '../task/kernel-task.ts'

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
        if (done) {
          task.restarting = false
          return 'over'
        }
        yield* deliverSignal(kernel, task)
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
    if (!work && !task.resumeWork && !wantsSignal(task)) break
  }
  if (task.dead) return 'over'
  const on = task.stepping || task.restarting || !done
  task.restarting = false
  return on ? 'on' : 'over'
}

function wantsSignal(task: KernelTask): boolean {
  return task.signalPending && !task.stepping
}
