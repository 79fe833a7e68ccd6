// SPDX-License-Identifier: MIT
import type { Kernel } from '../kernel/kernel.ts'

/** Ways into the kernel that probes cost. */
export type Traps = {
  /** Breakpoint exceptions. */
  breakpoints: number
  /** Single-step exceptions. */
  steps: number
  /** Calls of the kernel that no program would make: those of trampolines. */
  calls: number
}

/** Counts traps from now on. Installed after uprobes, whose system calls it wraps. */
export function countTraps({ hooks }: Kernel): Traps {
  const traps: Traps = { breakpoints: 0, steps: 0, calls: 0 }
  hooks.dieNotifiers.unshift(trap => {
    if (trap === 'int3') traps.breakpoints++
    else traps.steps++
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
