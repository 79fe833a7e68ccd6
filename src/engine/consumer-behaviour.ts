// SPDX-License-Identifier: MIT
import type { Kernel, KernelPath } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'
import type { PlannedProbe } from '../plan/plan.ts'
import type { Consumer, HitContext } from '../uprobes/uprobes.ts'

/** What a handler can ask of the engine: kernel-side actions that begin at this very point. */
export type Actions = { readonly attach: (probe: string) => void; readonly detach: (probe: string) => void }

/** Name of the first task of the process that a task belongs to, or will belong to. */
export type ProcessOf = (task: string) => string

/**
 * Adds to a recording consumer what the scenario's `handler:` says, in the order written, and restricts it to the tasks of `only:`
 * the way a per-task perf event does: in other tasks the handler asks for removal and records nothing (spec 04 §7).
 */
export function withBehaviour(
  kernel: Kernel,
  probe: PlannedProbe,
  actions: Actions,
  processOf: ProcessOf,
  consumer: Consumer,
): Consumer {
  const { only, handler } = probe
  if (!only && handler.length === 0) return consumer
  const wanted = (name: string): boolean => only === undefined || only.includes(name)
  const result: Consumer = { probe: consumer.probe }
  // Breakpoints belong to a whole process, and are there before its other threads are.
  const processes = new Set(only?.map(processOf))
  if (only) result.filter = mm => [...mm.users].some(task => processes.has(task.leader.name))
  else if (consumer.filter) result.filter = mm => consumer.filter!(mm)

  result.handler = function* (context): KernelPath<number> {
    if (!wanted(context.task.name)) return 1
    const answer = consumer.handler?.(context) ?? 0
    const verdict = typeof answer === 'number' ? answer : yield* answer
    const removed = yield* perform(kernel, handler, actions, context)
    return removed ? 1 : verdict
  }
  if (consumer.returnHandler) {
    result.returnHandler = context => consumer.returnHandler!(context)
  }
  return result
}

function* perform(
  kernel: Kernel,
  steps: PlannedProbe['handler'],
  actions: Actions,
  { registers, mm }: HitContext,
): KernelPath<boolean> {
  let removed = false
  for (const step of steps) {
    switch (step.do) {
      case 'sleep': {
        const deadline = kernel.now + step.nanoseconds
        yield {
          kind: 'sleep',
          reason: 'the probe handler sleeps',
          interruptible: false,
          deadline,
          ready: () => kernel.now >= deadline,
        }
        break
      }
      case 'remove':
        removed = true
        break
      case 'set-ip':
        if (step.address !== undefined) registers[Register.rip] = step.address
        break
      case 'fault':
        mm.read(Number(step.address), new Uint8Array(1))
        break
      case 'attach':
        actions.attach(step.probe.value)
        break
      case 'detach':
        actions.detach(step.probe.value)
        break
    }
  }
  return removed
}
