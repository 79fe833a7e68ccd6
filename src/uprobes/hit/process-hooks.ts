// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import { recordBug } from '../known-bugs.ts'
import { makeSlotArea, slotAreaOf } from '../xol/slot-area.ts'
import { freeSlot } from '../xol/slots.ts'
import type { Execution } from './execute.ts'
import type { HitParts } from './parts.ts'
import { warn } from './signals.ts'
import { forgetState, needState, stateOf } from './task-state.ts'

/**
 * uprobe_copy_process (spec 06 §7): a child on its parent's stack, or on a copy of it, has the parent's pending returns, and needs the
 * trampoline at the parent's address.
 */
export function copyTask(
  parts: HitParts,
  parent: Task,
  child: Task,
  { sharesMm, vfork }: { readonly sharesMm: boolean; readonly vfork: boolean },
): void {
  forgetState(child)
  const stepped = stateOf(parent)?.active
  if (stepped?.slot) {
    const note = sharesMm
      ? 'what a probed clone makes starts in the slot of its parent, and nobody takes its single-step trap'
      : 'the child of a probed fork starts in a slot that it does not have'
    recordBug(parts.kernel, 'B13', { task: child, probe: stepped.uprobe.name, note })
  }
  const pending = stateOf(parent)?.returns ?? []
  if (pending.length === 0 || (sharesMm && !vfork)) return
  const { returns } = needState(child)
  returns.push(...pending)
  const area = slotAreaOf(parent.mm!)
  // The parent's own duplication has failed.
  if (!area) warn(parts.kernel, child, 'dup xol area')
  if (!area || sharesMm) return
  child.addWork(function* () {
    const failure = child.mm ? yield* makeSlotArea(parts.kernel, child.mm, area.start, parts.slots) : 0
    if (failure < 0 && !child.fatalSignalPending) warn(parts.kernel, child, 'dup xol area')
  })
}

/** uprobe_free_utask: pending returns are dropped without an event. */
export function releaseTask(parts: HitParts, task: Task, why: 'exec' | 'exit'): void {
  const state = stateOf(task)
  if (!state) return
  if (state.slot) freeSlot(state.slot)
  if (state.active) leaveInStep(parts, task, state.active, why)
  forgetState(task)
}

/**
 * The probed instruction was a system call that does not come back: execve, exit, or an rt_sigreturn before them (bug B13). The live kernel
 * takes for granted that every step comes to its end first: it warns, and neither the slot nor the reference to the probe is ever given back.
 */
function leaveInStep(parts: HitParts, task: Task, active: Execution, why: 'exec' | 'exit'): void {
  const { kernel, registry, warnings } = parts
  const { uprobe } = active
  task.stepping = false
  if (active.left(task) === 'given back') return
  const note = `the step of a probed system call has not ended before an ${why}, and its slot stays taken`
  recordBug(kernel, 'B13', { task, probe: uprobe.name, note })
  warnings.warn('uprobe_free_utask: active uprobe')
  registry.leak(uprobe)
}
