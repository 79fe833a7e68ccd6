// SPDX-License-Identifier: MIT
import { type Exit, Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { type CallWay, callSystem } from '../syscall/call-system.ts'
import type { KernelTask, StepEnd } from '../task/kernel-task.ts'
import { handleException } from '../trap/handle-exception.ts'
import { legacyVector, throughGate } from '../trap/software-interrupt.ts'
import { exitToUser } from './exit-to-user.ts'

/** What the kernel does about an exit of the processor, up to the return to user mode. A path only where something may wait. */
export function kernelEntry(
  kernel: KernelCore,
  task: KernelTask,
  exit: Extract<Exit, { kind: 'syscall' | 'exception' }>,
): StepEnd | KernelPath<StepEnd> {
  if (exit.kind === 'syscall') return systemCall(kernel, task, 'syscall')
  const exception = throughGate(task, exit)
  if (exception.vector === legacyVector) return systemCall(kernel, task, 'int')
  const outcome = handleException(kernel, task, exception)
  if (typeof outcome === 'string') return exitToUser(kernel, task, outcome === 'done')
  return exitAfter(kernel, task, outcome)
}

function* exitAfter(kernel: KernelCore, task: KernelTask, entry: KernelPath<unknown>): KernelPath<StepEnd> {
  const outcome = yield* entry
  const end = exitToUser(kernel, task, outcome !== 'repaired')
  return typeof end === 'string' ? end : yield* end
}

function systemCall(kernel: KernelCore, task: KernelTask, way: CallWay): StepEnd | KernelPath<StepEnd> {
  task.systemCall = Number(BigInt.asUintN(32, task.registers[Register.rax]!))
  task.registers[Register.rax] = BigInt.asUintN(64, BigInt(-Errno.ENOSYS))
  const call = callSystem(kernel, task, way)
  return call ? exitAfter(kernel, task, call) : exitToUser(kernel, task, true)
}
