// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { marksOf } from '../registry/mm-marks.ts'
import { userAddress } from '../user-bkpt/user-memory.ts'
import { slotAreaOf } from '../xol/slot-area.ts'
import type { HitParts } from './parts.ts'
import { stateOf } from './task-state.ts'

/** Whether a breakpoint trap can be a probe's at all: the mm has probes in use, or returns are pending (spec 05 §1). */
export function mayHaveProbes(task: Task): boolean {
  if (!task.mm) return false
  return marksOf(task.mm).hasProbes || (stateOf(task)?.returns.length ?? 0) > 0
}

/** Whether the breakpoint behind which a task stands is that of a probe, or of the return trampoline. */
export function isProbed({ registry }: HitParts, { mm, registers }: Task): boolean {
  const address = registers[Register.rip]! - 1n
  const at = userAddress(address)
  if (!mm || at === undefined) return false
  return slotAreaOf(mm)?.trampoline === address || registry.lifetime.probeAt(mm, at) !== undefined
}

/** A breakpoint trap is claimed; a step under way does not come to its end. */
export function claimBreakpoint(task: Task): true {
  stateOf(task)?.active?.superseded?.(task)
  return true
}

/** A single-step trap: whether it is that of the task's step, which is over then. */
export function stepExecuted(task: Task): boolean {
  return task.mm !== undefined && (stateOf(task)?.active?.trapped(task) ?? false)
}
