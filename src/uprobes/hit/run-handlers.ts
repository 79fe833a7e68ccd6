// SPDX-License-Identifier: MIT
import { after } from '../../kernel/after.ts'
import { inTurn } from '../../kernel/in-turn.ts'
import type { KernelPath } from '../../kernel/kernel.ts'
import type { Attached } from '../registry/uprobe.ts'
import { armReturn } from './arm-return.ts'
import type { Hit } from './hit.ts'
import type { HitParts } from './parts.ts'

/**
 * handler_chain (spec 05 §4.1): every consumer once, in the order of the list at the hit, less those that go away meanwhile. Arms a return
 * probe where one asks for it, and takes the breakpoint out of this mm where all ask for that. A path only where a handler is one.
 */
export function runHandlers(parts: HitParts, hit: Hit): KernelPath<void> | undefined {
  const verdicts: Verdicts = { given: 0, removals: 0, wantsReturn: false, sessions: noSessions }
  const listeners = parts.registry.lifetime.listeners(hit.uprobe, hit.mm, hit.place)
  const path = inTurn(listeners, attached => callHandler(hit, attached, verdicts))
  return after(path, () => obey(parts, hit, verdicts))
}

/** What the handlers of a hit have answered so far. */
type Verdicts = {
  given: number
  removals: number
  wantsReturn: boolean
  /** Ids of the sessions that want to hear of the return. */
  sessions: ReadonlySet<number>
}

const remove = 1
const noSessions: ReadonlySet<number> = new Set()

function callHandler(hit: Hit, attached: Attached, verdicts: Verdicts): KernelPath<void> | undefined {
  if (!hit.uprobe.consumers.includes(attached)) return undefined
  attached.calls.running++
  const answer = attached.consumer.handler?.(hit) ?? 0
  return typeof answer === 'number' ? note(attached, answer, verdicts) : noteLater(attached, answer, verdicts)
}

function* noteLater(attached: Attached, answer: KernelPath<number>, verdicts: Verdicts): KernelPath<void> {
  note(attached, yield* answer, verdicts)
}

function note({ consumer, calls, id }: Attached, verdict: number, verdicts: Verdicts): undefined {
  calls.running--
  verdicts.given++
  if (verdict === remove) verdicts.removals++
  if (!consumer.returnHandler || verdict !== 0) return
  verdicts.wantsReturn = true
  if (consumer.handler) verdicts.sessions = new Set(verdicts.sessions).add(id)
}

function obey(parts: HitParts, { task, uprobe, mm }: Hit, verdicts: Verdicts): KernelPath<void> | undefined {
  const { given, removals, wantsReturn, sessions } = verdicts
  if (wantsReturn) return armReturn(parts, task, uprobe, sessions)
  if (given > 0 && removals === given) parts.registry.lifetime.removeFrom(uprobe, mm)
  return undefined
}
