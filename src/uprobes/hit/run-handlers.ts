// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import type { Uprobe } from '../registry/uprobe.ts'
import type { HitContext } from '../uprobes.ts'
import { armReturn } from './arm-return.ts'
import type { HitParts } from './parts.ts'

const remove = 1

/**
 * handler_chain (spec 05 §4.1): every consumer once, in the order of the list at the hit, less those that go away meanwhile. Arms a return
 * probe where one asks for it, and takes the breakpoint out of this mm where all ask for that.
 */
export function* runHandlers(
  parts: HitParts,
  task: Task,
  uprobe: Uprobe,
  address: bigint,
  how: Pick<HitContext, 'optimised'> = {},
): KernelPath<void> {
  const { registry } = parts
  const context = entryContext(task, uprobe, address, how)
  const sessions = new Set<number>()
  let wantsReturn = false
  let called = 0
  let removals = 0
  for (const attached of uprobe.consumers) {
    if (!uprobe.consumers.includes(attached)) continue
    const { consumer, id } = attached
    const verdict = consumer.handler ? yield* registry.within(consumer, consumer.handler(context)) : 0
    called++
    if (verdict === remove) removals++
    if (!consumer.returnHandler || verdict !== 0) continue
    wantsReturn = true
    if (consumer.handler) sessions.add(id)
  }
  if (wantsReturn) yield* armReturn(parts, task, uprobe, sessions)
  if (called > 0 && removals === called) registry.removeFrom(uprobe, task.mm!)
}

function entryContext(
  task: Task,
  uprobe: Uprobe,
  address: bigint,
  how: Pick<HitContext, 'optimised'>,
): HitContext {
  return {
    ...how,
    task,
    mm: task.mm!,
    // Not a copy of the reference: after a handler has slept, the registers may be kept somewhere else.
    get registers() {
      return task.registers
    },
    address,
    bias: address - BigInt(uprobe.offset),
  }
}
