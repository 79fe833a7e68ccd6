// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import type { Process } from '../task/process.ts'
import { type Limits, Resource, usualLimits } from '../task/resource-limits.ts'
import { type Call, type CallResult, int, type SystemCall } from './system-call.ts'
import { second } from './time-values.ts'
import { readView, writeStructure } from './user-access.ts'

const Who = { SELF: 0, CHILDREN: -1, THREAD: 1 } as const
/** Steps that make a clock tick of times(2): a step is a nanosecond, a tick a hundredth of a second. */
const tick = 10_000_000n
const kept = 'kept and handed on, but only stack and open files are limited, and those by the machine'

export const usageCalls: readonly SystemCall[] = [
  { number: 97, name: 'getrlimit', count: 2, support: 'full', handler: getLimit },
  {
    number: 98,
    name: 'getrusage',
    count: 2,
    support: 'partial',
    note: 'user time, a nanosecond a step; all else is zero',
    handler: usage,
  },
  {
    number: 100,
    name: 'times',
    count: 1,
    support: 'partial',
    note: 'user time, a nanosecond a step; no system time',
    handler: times,
  },
  { number: 160, name: 'setrlimit', count: 2, support: 'partial', note: kept, handler: setLimit },
  { number: 302, name: 'prlimit64', count: 4, support: 'partial', note: kept, handler: changeLimit },
]

function stepsOf({ tasks, steps }: Process): bigint {
  return BigInt(tasks.reduce((sum, task) => sum + task.steps, steps))
}

function usage({ task, arguments: [who, buffer] }: Call): number {
  const { process } = task
  const steps: Readonly<Record<number, () => bigint>> = {
    [Who.SELF]: () => stepsOf(process),
    [Who.CHILDREN]: () => BigInt(process.childSteps),
    [Who.THREAD]: () => BigInt(task.steps),
  }
  const time = steps[int(who)]?.()
  if (time === undefined) return -Errno.EINVAL
  return writeStructure(task, buffer, 144, view => {
    view.setBigInt64(0, time / second, true)
    view.setBigInt64(8, (time % second) / 1000n, true)
  })
}

function times({ kernel, task, arguments: [buffer] }: Call): CallResult {
  const { process } = task
  const now = kernel.now / tick
  if (buffer === 0n) return now
  const problem = writeStructure(task, buffer, 32, view => {
    view.setBigInt64(0, stepsOf(process) / tick, true)
    view.setBigInt64(16, BigInt(process.childSteps) / tick, true)
  })
  return problem || now
}

function limitsOf({ kernel }: Call, { process }: KernelTask, resource: number): Limits[number] | undefined {
  return process.limits.get(resource) ?? usualLimits(kernel.limits)[resource]
}

function getLimit(call: Call): number {
  return write(call, call.task, int(call.arguments[0]), call.arguments[1])
}

function write(call: Call, of: KernelTask, resource: number, buffer: bigint): number {
  const limit = limitsOf(call, of, resource)
  if (!limit) return -Errno.EINVAL
  return writeStructure(call.task, buffer, 16, view => {
    view.setBigUint64(0, limit.soft, true)
    view.setBigUint64(8, limit.hard, true)
  })
}

function setLimit(call: Call): number {
  return set(call, call.task, int(call.arguments[0]), call.arguments[1])
}

function set(call: Call, of: KernelTask, resource: number, buffer: bigint): number {
  if (!limitsOf(call, of, resource)) return -Errno.EINVAL
  const view = readView(call.task, buffer, 16)
  if (!view) return -Errno.EFAULT
  const [soft, hard] = [view.getBigUint64(0, true), view.getBigUint64(8, true)]
  if (soft > hard) return -Errno.EINVAL
  // fs.nr_open: even root gets no more open files than the machine has.
  if (resource === Resource.NOFILE && hard > usualLimits(call.kernel.limits)[resource]!.hard)
    return -Errno.EPERM
  of.process.limits.set(resource, { soft, hard })
  return 0
}

function changeLimit(call: Call): number {
  const { kernel, task, arguments: a } = call
  const of = int(a[0]) === 0 ? task : kernel.taskById(int(a[0]))
  if (!of) return -Errno.ESRCH
  const old = limitsOf(call, of, int(a[1]))
  if (!old) return -Errno.EINVAL
  if (a[2] !== 0n) {
    const problem = set(call, of, int(a[1]), a[2])
    if (problem < 0) return problem
  }
  if (a[3] === 0n) return 0
  return writeStructure(task, a[3], 16, view => {
    view.setBigUint64(0, old.soft, true)
    view.setBigUint64(8, old.hard, true)
  })
}
