// SPDX-License-Identifier: MIT
import type { KernelPath } from '../../kernel/kernel.ts'
import { armReturn } from './arm-return.ts'
import type { Hit } from './hit.ts'
import type { HitParts } from './parts.ts'

const remove = 1
const noSessions: ReadonlySet<number> = new Set()

/**
 * handler_chain (spec 05 §4.1): every consumer once, in the order of the list at the hit, less those that go away meanwhile. Arms a return
 * probe where one asks for it, and takes the breakpoint out of this mm where all ask for that.
 */
export function* runHandlers(parts: HitParts, hit: Hit): KernelPath<void> {
  const { uprobe } = hit
  let sessions: Set<number> | undefined
  let wantsReturn = false
  let called = 0
  let removals = 0
  const { lifetime } = parts.registry
  for (const attached of lifetime.listeners(uprobe, hit.mm, Number(hit.address))) {
    if (!uprobe.consumers.includes(attached)) continue
    const { consumer, calls, id } = attached
    calls.running++
    const answer = consumer.handler?.(hit) ?? 0
    const verdict = typeof answer === 'number' ? answer : yield* answer
    calls.running--
    called++
    if (verdict === remove) removals++
    if (!consumer.returnHandler || verdict !== 0) continue
    wantsReturn = true
    if (consumer.handler) sessions = (sessions ?? new Set()).add(id)
  }
  if (wantsReturn) yield* armReturn(parts, hit.task, uprobe, sessions ?? noSessions)
  if (called > 0 && removals === called) lifetime.removeFrom(uprobe, hit.mm)
}
