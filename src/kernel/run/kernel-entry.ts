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

/** What the kernel does about an exit of the processor, up to the return to user mode. */
export function* kernelEntry(
  kernel: KernelCore,
  task: KernelTask,
  exit: Extract<Exit, { kind: 'syscall' | 'exception' }>,
): KernelPath<StepEnd> {
  if (exit.kind === 'syscall') return yield* systemCall(kernel, task, 'syscall')
  const exception = throughGate(task, exit)
  if (exception.vector === legacyVector) return yield* systemCall(kernel, task, 'int')
  const outcome = yield* handleException(kernel, task, exception)
  return yield* exitToUser(kernel, task, outcome === 'done')
}

function* systemCall(kernel: KernelCore, task: KernelTask, way: CallWay): KernelPath<StepEnd> {
  task.systemCall = Number(BigInt.asUintN(32, task.registers[Register.rax]!))
  task.registers[Register.rax] = BigInt.asUintN(64, BigInt(-Errno.ENOSYS))
  yield* callSystem(kernel, task, way)
  return yield* exitToUser(kernel, task, true)
}
