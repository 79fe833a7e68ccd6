// SPDX-License-Identifier: MIT
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask, SleepPoint } from '../task/kernel-task.ts'

/**
 * Runs a path in exception context, with preemption off. A sleep is told in the log (__schedule_bug) and does not happen. Who waits for
 * something that only others can bring about would spin there for ever, so that ends the run.
 */
export function* runAtomically(kernel: KernelCore, task: KernelTask, path: KernelPath): KernelPath {
  let waitsFor: SleepPoint['ready'] | undefined
  for (;;) {
    kernel.atomic = true
    const { done, value: point } = path.next()
    kernel.atomic = false
    if (done) return
    if (point.kind === 'event') {
      yield point
      continue
    }
    kernel.log(`BUG: scheduling while atomic: ${task.command}/${task.id}/0x00000002`)
    if (point.ready === waitsFor) {
      kernel.breakDown(`${task.name} waits for ever in exception context: ${point.reason}`)
      yield point
    }
    waitsFor = point.ready
  }
}
