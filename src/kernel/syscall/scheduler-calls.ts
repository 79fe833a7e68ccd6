// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { writeTimespec } from './time-values.ts'
import { readView, writeStructure } from './user-access.ts'

const note = 'kept, without effect: the schedule of the run decides'
const oneProcessor = 'one processor'
const noDisk = 'nothing is read from a disk'
const Policy = { OTHER: 0, FIFO: 1, RR: 2, BATCH: 3, IDLE: 5, resetOnFork: 0x4000_0000 } as const
const policies: readonly number[] = [Policy.OTHER, Policy.FIFO, Policy.RR, Policy.BATCH, Policy.IDLE]

export const schedulerCalls: readonly SystemCall[] = [
  { number: 140, name: 'getpriority', count: 2, support: 'stub', note, handler: getPriority },
  { number: 141, name: 'setpriority', count: 3, support: 'stub', note, handler: setPriority },
  { number: 142, name: 'sched_setparam', count: 2, support: 'stub', note, handler: setParameter },
  { number: 143, name: 'sched_getparam', count: 2, support: 'stub', note, handler: getParameter },
  { number: 144, name: 'sched_setscheduler', count: 3, support: 'stub', note, handler: setScheduler },
  {
    number: 145,
    name: 'sched_getscheduler',
    count: 1,
    support: 'stub',
    note,
    handler: call => taskOf(call)?.policy.kind ?? -Errno.ESRCH,
  },
  {
    number: 146,
    name: 'sched_get_priority_max',
    count: 1,
    support: 'full',
    handler: ({ arguments: [policy] }) => bound(int(policy), 99),
  },
  {
    number: 147,
    name: 'sched_get_priority_min',
    count: 1,
    support: 'full',
    handler: ({ arguments: [policy] }) => bound(int(policy), 1),
  },
  {
    number: 148,
    name: 'sched_rr_get_interval',
    count: 2,
    support: 'stub',
    note: 'there are no time slices',
    handler: call => (taskOf(call) ? writeTimespec(call.task, call.arguments[1], 0n) : -Errno.ESRCH),
  },
  {
    number: 203,
    name: 'sched_setaffinity',
    count: 3,
    support: 'stub',
    note: oneProcessor,
    handler: setAffinity,
  },
  { number: 238, name: 'set_mempolicy', count: 3, support: 'stub', note: oneProcessor, handler: () => 0 },
  {
    number: 239,
    name: 'get_mempolicy',
    count: 5,
    support: 'stub',
    note: oneProcessor,
    handler: memoryPolicy,
  },
  { number: 251, name: 'ioprio_set', count: 3, support: 'stub', note: noDisk, handler: () => 0 },
  { number: 252, name: 'ioprio_get', count: 2, support: 'stub', note: noDisk, handler: () => 0 },
  { number: 314, name: 'sched_setattr', count: 3, support: 'stub', note, handler: setAttributes },
  { number: 315, name: 'sched_getattr', count: 4, support: 'stub', note, handler: getAttributes },
]

function taskOf({ kernel, task, arguments: [id] }: Call): KernelTask | undefined {
  return int(id) === 0 ? task : kernel.taskById(int(id))
}

function isRealTime(policy: number): boolean {
  return policy === Policy.FIFO || policy === Policy.RR
}

function bound(policy: number, realTime: number): number {
  if (!policies.includes(policy)) return -Errno.EINVAL
  return isRealTime(policy) ? realTime : 0
}

function setScheduler(call: Call): number {
  const kind = int(call.arguments[1]) & ~Policy.resetOnFork
  return change(call, kind, call.arguments[2])
}

function setParameter(call: Call): number {
  return change(call, taskOf(call)?.policy.kind ?? 0, call.arguments[1])
}

function change(call: Call, kind: number, parameter: bigint): number {
  const priority = readView(call.task, parameter, 4)?.getInt32(0, true)
  if (priority === undefined) return -Errno.EFAULT
  const task = taskOf(call)
  if (!task) return -Errno.ESRCH
  const fits = isRealTime(kind) ? priority >= 1 && priority <= 99 : priority === 0
  if (!policies.includes(kind) || !fits) return -Errno.EINVAL
  task.policy = { ...task.policy, kind, priority }
  return 0
}

function getParameter(call: Call): number {
  const task = taskOf(call)
  if (!task) return -Errno.ESRCH
  return writeStructure(call.task, call.arguments[1], 4, view => view.setInt32(0, task.policy.priority, true))
}

/** Bytes of struct sched_attr without what came later, the first of which is their number. */
const attributesSize = 48

function getAttributes(call: Call): number {
  const task = taskOf(call)
  if (!task) return -Errno.ESRCH
  const [, address, size, flags] = call.arguments
  if (address === 0n || size < BigInt(attributesSize) || size > 4096n || flags !== 0n) return -Errno.EINVAL
  return writeStructure(call.task, address, attributesSize, view => {
    view.setUint32(0, attributesSize, true)
    view.setUint32(4, task.policy.kind, true)
    view.setInt32(16, task.policy.nice, true)
    view.setUint32(20, task.policy.priority, true)
  })
}

function setAttributes(call: Call): number {
  const [, address, flags] = call.arguments
  const view = readView(call.task, address, attributesSize)
  if (!view) return -Errno.EFAULT
  const task = taskOf(call)
  if (!task) return -Errno.ESRCH
  const [kind, nice, priority] = [view.getUint32(4, true), view.getInt32(16, true), view.getUint32(20, true)]
  const fits = isRealTime(kind) ? priority >= 1 && priority <= 99 : priority === 0
  if (!policies.includes(kind) || !fits || nice < -20 || nice > 19 || flags !== 0n) return -Errno.EINVAL
  task.policy = { kind, priority, nice: isRealTime(kind) ? task.policy.nice : nice }
  return 0
}

/** MPOL_DEFAULT, and no node. */
function memoryPolicy({ task, arguments: [mode, nodes, count] }: Call): number {
  const bytes = Math.ceil(Number(count) / 64) * 8
  if (mode !== 0n && writeStructure(task, mode, 4, () => {}) < 0) return -Errno.EFAULT
  if (nodes === 0n) return 0
  if (bytes > 4096) return -Errno.EINVAL
  return writeStructure(task, nodes, bytes, () => {})
}

/** A mask without the one processor there is leaves nothing to run on. */
function setAffinity(call: Call): number {
  const { task, arguments: a } = call
  if (!taskOf(call)) return -Errno.ESRCH
  if (a[1] === 0n) return -Errno.EINVAL
  const mask = readView(task, a[2], 1)
  if (!mask) return -Errno.EFAULT
  return (mask.getUint8(0) & 1) === 0 ? -Errno.EINVAL : 0
}

/** Of one process, as PRIO_PROCESS; groups and users are the caller. */
function priorityOf({ kernel, task, arguments: [which, id] }: Call): KernelTask | number {
  if (int(which) < 0 || int(which) > 2) return -Errno.EINVAL
  if (int(which) !== 0 || int(id) === 0) return task
  return kernel.taskById(int(id)) ?? -Errno.ESRCH
}

/** The answer of the system call is 20 less the nice value. */
function getPriority(call: Call): number {
  const task = priorityOf(call)
  return typeof task === 'number' ? task : 20 - task.policy.nice
}

function setPriority(call: Call): number {
  const task = priorityOf(call)
  if (typeof task === 'number') return task
  task.policy = { ...task.policy, nice: Math.max(-20, Math.min(19, int(call.arguments[2]))) }
  return 0
}
