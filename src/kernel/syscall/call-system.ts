// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { callName } from './call-names.ts'
import { legacyCalls } from './legacy-calls.ts'
import type { Call, CallResult } from './system-call.ts'
import { systemCalls } from './system-calls.ts'

/** By `syscall`, or as 32-bit programs do it, by `int $0x80`. */
export type CallWay = 'syscall' | 'int'

/** Does the system call whose number is in `task.systemCall`, and leaves its result in rax. */
export function* callSystem(kernel: KernelCore, task: KernelTask, way: CallWay): KernelPath {
  const number = way === 'syscall' ? task.systemCall : (legacyCalls[task.systemCall] ?? -1)
  const brought = kernel.hooks.systemCalls.get(number)
  const known = brought ? undefined : systemCalls.get(number)
  const call: Call = { kernel, task, arguments: argumentsOf(task, way) }
  const name = brought?.name ?? known?.name ?? nameOf(task.systemCall, way)
  const shown = call.arguments.slice(0, known?.count ?? (brought ? 0 : 6))
  kernel.options.calls?.entered(task, name, shown)
  if (known?.final) yield* recordCall(kernel, task, name, shown)
  let result: CallResult
  if (brought) result = yield* brought.call(task)
  else if (known) {
    const outcome = known.handler(call)
    result = typeof outcome === 'object' ? yield* outcome : outcome
  } else result = reportMissing(call, task.systemCall, way)
  if (task.dead) return
  task.registers[Register.rax] = BigInt.asUintN(64, BigInt(result))
  if (!known?.final) kernel.options.calls?.left(task, BigInt.asIntN(64, BigInt(result)))
  if (!known?.final) yield* recordCall(kernel, task, name, shown, BigInt.asIntN(64, BigInt(result)))
}

function argumentsOf({ registers }: KernelTask, way: CallWay): Call['arguments'] {
  if (way === 'int') {
    const low = (name: 'rbx' | 'rcx' | 'rdx' | 'rsi' | 'rdi' | 'rbp') =>
      BigInt.asUintN(32, registers[Register[name]]!)
    return [low('rbx'), low('rcx'), low('rdx'), low('rsi'), low('rdi'), low('rbp')]
  }
  return [
    registers[Register.rdi]!,
    registers[Register.rsi]!,
    registers[Register.rdx]!,
    registers[Register.r10]!,
    registers[Register.r8]!,
    registers[Register.r9]!,
  ]
}

/** A call that this kernel does not have is said once, with what it was asked, and answered as Linux answers unknown numbers. */
function reportMissing({ kernel, arguments: values }: Call, number: number, way: CallWay): number {
  const name = nameOf(number, way)
  if (!kernel.unsupported.has(name)) {
    kernel.unsupported.add(name)
    const list = values.map(value => `0x${value.toString(16)}`).join(', ')
    kernel.log(`the system call ${name}(${list}) is not supported: ENOSYS`)
  }
  return -Errno.ENOSYS
}

/** A number of the 32-bit table names another call than the same number of the 64-bit one. */
function nameOf(number: number, way: CallWay): string {
  if (way === 'int') return `int80_${number}`
  return callName(number) ?? `syscall_${number}`
}

function* recordCall(
  kernel: KernelCore,
  task: KernelTask,
  name: string,
  values: readonly bigint[],
  result?: bigint,
): KernelPath {
  if (!kernel.records('syscall')) return
  yield kernel.event({
    kind: 'syscall',
    thread: task.name,
    fields: { name, arguments: values, ...(result === undefined ? {} : { result }) },
  })
}
