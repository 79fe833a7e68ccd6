// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
import { inTurn } from '../../kernel/in-turn.ts'
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
 * of those that are still alive, and leaves the true return address in rip. A path only where a handler is one.
 */
export function handleReturn(parts: HitParts, task: Task): KernelPath<void> | undefined {
  const { kernel } = parts
  const state = stateOf(task)
  const from = task.registers[Register.rsp]! - wordSize
  if (state?.dropped.has(from)) recordBug(kernel, 'B25', { task })
  const returns = state?.returns
  if (!returns || returns.length === 0) {
    warn(kernel, task, 'handle uretprobe, sending SIGILL.')
    kernel.forceSignal(task, { signal: Signal.ILL, code: Signal.fromKernel })
    return undefined
  }
  for (;;) {
    const chain = topChain(returns)
    const next = returns.at(-1 - chain.length)
    task.registers[Register.rip] = chain[0]!.returnAddress
    if (!next || task.registers[Register.rsp]! <= next.stack)
      return inTurn(chain, instance => endCall(parts, task, returns, instance))
    // A longjmp has left these frames.
    for (const instance of chain) drop(parts, returns, instance)
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

function endCall(
  parts: HitParts,
  task: Task,
  returns: ReturnInstance[],
  instance: ReturnInstance,
): KernelPath<void> | undefined {
  returns.pop()
  return after(runReturnHandlers(task, instance), () => giveBack(parts, instance))
}

function drop(parts: HitParts, returns: ReturnInstance[], instance: ReturnInstance): void {
  returns.pop()
  giveBack(parts, instance)
}

function giveBack({ registry }: HitParts, { uprobe, inherited }: ReturnInstance): undefined {
  if (inherited) registry.release(uprobe)
}

/** A session hears of the return only if it saw the entry, so one that was enabled in between does not (spec 06 §6.1). */
function runReturnHandlers(task: Task, instance: ReturnInstance): KernelPath<void> | undefined {
  const { uprobe, sessions } = instance
  const hit = new ReturnHit(task, uprobe, instance.function, instance.returnAddress)
  return inTurn(uprobe.consumers, attached => {
    const { consumer, calls, id } = attached
    if (!consumer.returnHandler || !uprobe.consumers.includes(attached)) return undefined
    if (consumer.handler && !sessions.has(id)) return undefined
    calls.running++
    return after(consumer.returnHandler(hit), () => {
      calls.running--
      return undefined
    })
  })
}
