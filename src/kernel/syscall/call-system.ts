// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { recordEvent } from '../record-event.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { callName } from './call-names.ts'
import { legacyCalls } from './legacy-calls.ts'
import type { Call, CallResult, SystemCall } from './system-call.ts'
import { systemCalls } from './system-calls.ts'

/** By `syscall`, or as 32-bit programs do it, by `int $0x80`. */
export type CallWay = 'syscall' | 'int'

/** Does the system call whose number is in `task.systemCall`, and leaves its result in rax. A path only where something may wait. */
export function callSystem(kernel: KernelCore, task: KernelTask, way: CallWay): KernelPath | undefined {
  const number = way === 'syscall' ? task.systemCall : (legacyCalls[task.systemCall] ?? -1)
  const brought = kernel.hooks.systemCalls.get(number)
  if (brought) {
    const told: Told = { name: brought.name, values: [], final: false }
    kernel.options.calls?.entered(task, told.name, told.values)
    return answer(kernel, task, told, brought.call(task))
  }
  const known = systemCalls.get(number)
  const call: Call = { kernel, task, arguments: argumentsOf(task, way) }
  const told: Told = {
    name: known?.name ?? nameOf(task.systemCall, way),
    values: call.arguments.slice(0, known?.count),
    final: known?.final === true,
  }
  kernel.options.calls?.entered(task, told.name, told.values)
  const path = told.final ? recordCall(kernel, task, told) : undefined
  if (path) return callAfter(path, call, told, known!)
  return answer(kernel, task, told, known ? known.handler(call) : reportMissing(call, task.systemCall, way))
}

/** What an event and a listener are told of a call. */
type Told = { readonly name: string; readonly values: readonly bigint[]; readonly final: boolean }

function* callAfter(path: KernelPath, call: Call, told: Told, known: SystemCall): KernelPath {
  yield* path
  const rest = answer(call.kernel, call.task, told, known.handler(call))
  if (rest) yield* rest
}

function answer(
  kernel: KernelCore,
  task: KernelTask,
  told: Told,
  result: CallResult | KernelPath<CallResult>,
): KernelPath | undefined {
  if (typeof result === 'object') return answerLater(kernel, task, told, result)
  if (task.dead) return undefined
  task.registers[Register.rax] = BigInt.asUintN(64, BigInt(result))
  if (told.final) return undefined
  kernel.options.calls?.left(task, BigInt.asIntN(64, BigInt(result)))
  return recordCall(kernel, task, told, result)
}

function* answerLater(
  kernel: KernelCore,
  task: KernelTask,
  told: Told,
  path: KernelPath<CallResult>,
): KernelPath {
  const rest = answer(kernel, task, told, yield* path)
  if (rest) yield* rest
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

function recordCall(
  kernel: KernelCore,
  task: KernelTask,
  { name, values }: Told,
  result?: CallResult,
): KernelPath | undefined {
  if (!kernel.records('syscall')) return undefined
  const shown = result === undefined ? {} : { result: BigInt.asIntN(64, BigInt(result)) }
  return recordEvent(kernel, {
    kind: 'syscall',
    thread: task.name,
    fields: { name, arguments: values, ...shown },
  })
}
