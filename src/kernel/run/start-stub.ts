// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import type { SpawnOptions } from '../kernel.ts'
import type { KernelTask } from '../task/kernel-task.ts'

/** The start stub, when the task stands in it. */
export function stubAt(task: KernelTask): SpawnOptions['stub'] {
  const stub = task.mm?.stub
  if (!stub) return undefined
  const ip = task.registers[Register.rip]!
  return ip >= stub.start && ip < stub.end ? stub : undefined
}

/** The same where the task has just asked for exit(2): the stub's only other call is clone. */
export function stubLeftBy(task: KernelTask): SpawnOptions['stub'] {
  return task.registers[Register.rax] === 60n ? stubAt(task) : undefined
}
