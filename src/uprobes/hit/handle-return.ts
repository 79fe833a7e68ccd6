// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'
import { ReturnHit } from './hit.ts'
import type { HitParts } from './parts.ts'
import { Signal, warn } from './signals.ts'
import { type ReturnInstance, stateOf } from './task-state.ts'

/** What a `ret` has taken from the stack. */
const wordSize = 8n

/**
 * uprobe_handle_trampoline (spec 06 §6): a return has come to the trampoline. Pops the instances that this return ends, runs the handlers
 * of those that are still alive, and leaves the true return address in rip.
 */
export function* handleReturn(parts: HitParts, task: Task): KernelPath<void> {
  const { kernel } = parts
  const state = stateOf(task)
  const from = task.registers[Register.rsp]! - wordSize
  if (state?.dropped.has(from)) recordBug(kernel, 'B25', { task })
  const returns = state?.returns
  if (!returns || returns.length === 0) {
    warn(kernel, task, 'handle uretprobe, sending SIGILL.')
    kernel.forceSignal(task, { signal: Signal.ILL, code: Signal.fromKernel })
    return
  }
  for (let valid = false; !valid; ) {
    const chain = topChain(returns)
    const next = returns.at(-1 - chain.length)
    valid = !next || task.registers[Register.rsp]! <= next.stack
    task.registers[Register.rip] = chain[0]!.returnAddress
    for (const instance of chain) {
      returns.pop()
      if (valid) yield* runReturnHandlers(task, instance)
      if (instance.inherited) parts.registry.release(instance.uprobe)
    }
  }
}

/** The newest instance and those that it is chained to, newest first: they all return at once. */
function topChain(returns: readonly ReturnInstance[]): ReturnInstance[] {
  const chain: ReturnInstance[] = []
  for (let index = returns.length - 1; index >= 0; index--) {
    chain.push(returns[index]!)
    if (!returns[index]!.chained) break
  }
  return chain
}

/** A session hears of the return only if it saw the entry, so one that was enabled in between does not (spec 06 §6.1). */
function* runReturnHandlers(task: Task, instance: ReturnInstance): KernelPath<void> {
  const { uprobe } = instance
  const hit = new ReturnHit(task, uprobe, instance.function, instance.returnAddress)
  for (const attached of uprobe.consumers) {
    const { consumer, calls, id } = attached
    if (!consumer.returnHandler || !uprobe.consumers.includes(attached)) continue
    if (consumer.handler && !instance.sessions.has(id)) continue
    calls.running++
    const path = consumer.returnHandler(hit)
    if (path) yield* path
    calls.running--
  }
}
