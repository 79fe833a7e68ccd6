// SPDX-License-Identifier: MIT

import type { BootedKernel } from '../../src/kernel/kernel.ts'
import { Signal } from '../../src/kernel/signal/signal-numbers.ts'

/** How a run ended: `steps` (all that were allowed), `asleep`, or what became of the first task. */
export type Ending =
  | { readonly kind: 'steps' | 'asleep' }
  | { readonly kind: 'dead'; readonly signal?: number; readonly code?: number }
  | { readonly kind: 'broken'; readonly message: string }

/** Turns without a step or an end before a run counts as hanging. */
const mostIdleTurns = 2000

/** Runs all tasks in turn, `steps` steps together at most. What has no clear end is an exception. */
export function drive(kernel: BootedKernel, steps: number): Ending {
  let left = steps
  for (let idle = 0; left > 0; idle++) {
    if (idle > mostIdleTurns) throw new Error('tasks can go on, and make no steps')
    const living = kernel.tasks.filter(task => task.state !== 'dead')
    if (living.length === 0) return { kind: 'dead', ...kernel.ending(kernel.tasks[0]!) }
    const ready = living.filter(task => kernel.runnable(task))
    if (ready.length === 0 && !kernel.advanceClock()) return { kind: 'asleep' }
    for (const task of ready) {
      if (left <= 0) break
      const { made, stop } = kernel.run(task, { steps: Math.min(left, 200), stopAtEvents: false })
      if (stop.kind === 'broken') return { kind: 'broken', message: stop.message }
      if (made > 0) idle = 0
      left -= made
    }
  }
  return { kind: 'steps' }
}

/** Kills whoever is left. Every task can be killed at any time. */
export function killAll(kernel: BootedKernel): void {
  for (let turn = 0; turn < 4; turn++)
    for (const task of kernel.tasks) {
      if (task.state === 'dead') continue
      kernel.sendSignal(task, { signal: Signal.SIGKILL, code: 0 })
      kernel.run(task, { steps: 1, stopAtEvents: false })
    }
  const left = kernel.tasks.filter(task => task.state !== 'dead')
  if (left.length > 0) throw new Error(`SIGKILL does not end ${left.map(({ name }) => name).join(', ')}`)
}

/** A short text for counting. */
export function endingText(ending: Ending): string {
  if (ending.kind === 'dead')
    return ending.signal === undefined ? `exit ${ending.code}` : `signal ${ending.signal}`
  return ending.kind === 'broken' ? `broken: ${ending.message}` : ending.kind
}
