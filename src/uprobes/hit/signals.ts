// SPDX-License-Identifier: MIT
import type { Kernel, Task } from '../../kernel/kernel.ts'
import { Register } from '../../machine/machine.ts'
import { recordBug } from '../known-bugs.ts'

/** Signal numbers and si_code values that probes bring about. */
export const Signal = { ILL: 4, TRAP: 5, SEGV: 11, fromUser: 0, fromKernel: 0x80 } as const

/** What is done where the program's own trap flag was set at a probe, once the probed instruction has been executed. */
export type OwnTrap = (kernel: Kernel, task: Task, probe: string) => void

/** The program's own trap flag was set at a probe: SIGTRAP, as if the thread had killed itself (spec 05 §8, bug B28). */
export function raiseOwnTrap(kernel: Kernel, task: Task, probe: string): void {
  recordBug(kernel, 'B28', { task, probe, ip: task.registers[Register.rip]! })
  kernel.sendSignal(task, { signal: Signal.TRAP, code: Signal.fromUser, pid: task.processId, uid: 0 })
}

/** A line in the kernel log that names the task (uprobe_warn). */
export function warn(kernel: Kernel, task: Task, what: string): void {
  kernel.log(`uprobe: ${task.command}:${task.id} failed to ${what}`)
}
