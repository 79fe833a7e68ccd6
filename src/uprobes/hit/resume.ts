// SPDX-License-Identifier: MIT
import type { KernelPath, Task } from '../../kernel/kernel.ts'
import { endStep, leaveStep } from './end-step.ts'
import { handleTrap } from './handle-trap.ts'
import type { HitParts } from './parts.ts'
import { stateOf } from './task-state.ts'

/** The work of a claimed trap, on the way back to user mode (uprobe_notify_resume, spec 05 §2). */
export function resume(parts: HitParts, task: Task): KernelPath<void> | undefined {
  const state = stateOf(task)
  const active = state?.active
  if (!active) return handleTrap(parts, task)
  if (active.state !== 'superseded') return endStep(parts, task, state, active)
  leaveStep(task, state, active)
  return handleTrap(parts, task)
}
