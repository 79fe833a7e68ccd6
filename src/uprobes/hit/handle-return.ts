// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
import { inTurn } from '../../kernel/in-turn.ts'
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'
import type { Attached, Calls } from '../registry/uprobe.ts'
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
    if (!next || task.registers[Register.rsp]! <= next.stack) return inTurn(chain, endCall, { task, returns })
    // A longjmp has left these frames.
    returns.length -= chain.length
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

type Returning = {
  readonly task: Task
  readonly returns: ReturnInstance[]
}

function endCall(instance: ReturnInstance, { task, returns }: Returning): KernelPath<void> | undefined {
  returns.pop()
  const { uprobe, function: address, returnAddress } = instance
  const hit = new ReturnHit(task, uprobe, address, returnAddress)
  return inTurn(uprobe.consumers, callReturnHandler, { hit, instance })
}

/** A session hears of the return only if it saw the entry, so one that was enabled in between does not (spec 06 §6.1). */
function callReturnHandler(
  attached: Attached,
  { hit, instance }: { readonly hit: ReturnHit; readonly instance: ReturnInstance },
): KernelPath<void> | undefined {
  const { consumer, calls, id } = attached
  if (!consumer.returnHandler || !hit.uprobe.consumers.includes(attached)) return undefined
  if (consumer.handler && !instance.sessions.has(id)) return undefined
  calls.running++
  return after(consumer.returnHandler(hit), noteEnd, calls, undefined)
}

function noteEnd(calls: Calls): undefined {
  calls.running--
}
