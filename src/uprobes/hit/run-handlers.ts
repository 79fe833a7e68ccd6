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
  const { uprobe, mm, place } = hit
  const chain: HandlerChain = { hit, given: 0, removals: 0, wantsReturn: false, sessions: noSessions }
  const listeners = parts.registry.lifetime.listeners(uprobe, mm, place)
  return after(inTurn(listeners, callHandler, chain), obey, parts, chain)
}

/** What the handlers of a hit have answered so far. */
type HandlerChain = {
  readonly hit: Hit
  given: number
  removals: number
  wantsReturn: boolean
  /** Ids of the sessions that want to hear of the return. */
  sessions: ReadonlySet<number>
}

const remove = 1
const noSessions: ReadonlySet<number> = new Set()

function callHandler(attached: Attached, chain: HandlerChain): KernelPath<void> | undefined {
  const { hit } = chain
  if (!hit.uprobe.consumers.includes(attached)) return undefined
  attached.calls.running++
  const answer = attached.consumer.handler?.(hit) ?? 0
  return typeof answer === 'number' ? note(attached, answer, chain) : noteLater(attached, answer, chain)
}

function* noteLater(attached: Attached, answer: KernelPath<number>, chain: HandlerChain): KernelPath<void> {
  note(attached, yield* answer, chain)
}

function note({ consumer, calls, id }: Attached, verdict: number, chain: HandlerChain): undefined {
  calls.running--
  chain.given++
  if (verdict === remove) chain.removals++
  if (!consumer.returnHandler || verdict !== 0) return
  chain.wantsReturn = true
  if (consumer.handler) chain.sessions = new Set(chain.sessions).add(id)
}

function obey(parts: HitParts, chain: HandlerChain): KernelPath<void> | undefined {
  const { hit, given, removals, wantsReturn, sessions } = chain
  const { task, uprobe, mm } = hit
  if (wantsReturn) return armReturn(parts, task, uprobe, sessions)
  if (given > 0 && removals === given) parts.registry.lifetime.removeFrom(uprobe, mm)
  return undefined
}
