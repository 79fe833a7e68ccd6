// SPDX-License-Identifier: MIT
import type { Kernel } from '../kernel/kernel.ts'
import { Register } from '../machine/machine.ts'

/** Tasks that are told of. */
const most = 8

/** Where every live task stands, a line each: what a reader needs when a run does not end. */
export function whereabouts(kernel: Kernel): string[] {
  const alive = kernel.tasks.filter(task => task.state !== 'dead')
  const lines = alive
    .slice(0, most)
    .map(task => `${task.name} is ${task.state} at ${kernel.locate(task, task.registers[Register.rip]!).at}`)
  return alive.length > most ? [...lines, `and ${alive.length - most} more`] : lines
}
