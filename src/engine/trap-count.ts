// SPDX-License-Identifier: MIT
import type { Kernel, Task } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'
import type { UprobesState } from '../uprobes/uprobes.ts'

/** Ways into the kernel that probes cost. A program's own breakpoints and steps are none of them. */
export type Traps = {
  /** Breakpoint exceptions. */
  breakpoints: number
  /** Single-step exceptions. */
  steps: number
  /** Calls of the kernel that no program would make: those of trampolines. */
  calls: number
}

/** Counts traps from now on. Installed after uprobes, whose system calls it wraps. */
export function countTraps({ hooks }: Kernel, uprobes: UprobesState): Traps {
  const traps: Traps = { breakpoints: 0, steps: 0, calls: 0 }
  hooks.dieNotifiers.unshift((trap, task) => {
    if (trap === 'int3' && isProbe(uprobes, task)) traps.breakpoints++
    else if (trap === 'debug' && isStep(uprobes, task)) traps.steps++
    return 'done'
  })
  for (const [number, { name, call }] of hooks.systemCalls)
    hooks.systemCalls.set(number, {
      name,
      call(task) {
        traps.calls++
        return call(task)
      },
    })
  return traps
}

/** Whether the breakpoint behind which a task stands is a probe's, or the return trampoline. */
function isProbe(uprobes: UprobesState, { mm, registers }: Task): boolean {
  const address = Number(registers[Register.rip]! - 1n)
  if (!mm) return false
  return uprobes.slotArea(mm)?.start === address || uprobes.listening(mm, address).length > 0
}

/** Whether the trap ends a probe's step. A step that a signal handler has interrupted goes on when it returns to the slot. */
function isStep(uprobes: UprobesState, task: Task): boolean {
  return task.stepping || uprobes.activeSlot(task) !== undefined
}
