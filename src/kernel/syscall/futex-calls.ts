// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { readWord } from './futex-words.ts'
import { type Call, type CallResult, int, type SystemCall, unsigned } from './system-call.ts'
import { clockTime } from './time-calls.ts'
import { readTimespec } from './time-values.ts'
import { writeStructure } from './user-access.ts'

const Operation = {
  WAIT: 0,
  WAKE: 1,
  REQUEUE: 3,
  CMP_REQUEUE: 4,
  WAKE_OP: 5,
  LOCK_PI: 6,
  UNLOCK_PI: 7,
  TRYLOCK_PI: 8,
  WAIT_BITSET: 9,
  WAKE_BITSET: 10,
  LOCK_PI2: 13,
} as const
const privateFlag = 128
const clockRealtime = 256
const everyBit = 0xffff_ffff

export const futexCalls: readonly SystemCall[] = [
  {
    number: 202,
    name: 'futex',
    count: 6,
    support: 'partial',
    note: 'priorities have no effect; no FUTEX_WAIT_REQUEUE_PI',
    handler: futex,
  },
  {
    number: 273,
    name: 'set_robust_list',
    count: 2,
    support: 'full',
    handler: ({ task, arguments: [head, size] }) => {
      if (size !== 24n) return -Errno.EINVAL
      task.robustList = head
      return 0
    },
  },
  {
    number: 274,
    name: 'get_robust_list',
    count: 3,
    support: 'partial',
    note: 'of the calling thread',
    handler: ({ task, arguments: [, head, size] }) =>
      writeStructure(task, head, 8, view => view.setBigUint64(0, task.robustList, true)) ||
      writeStructure(task, size, 8, view => view.setBigUint64(0, 24n, true)),
  },
]

function* futex(call: Call): KernelPath<CallResult> {
  const { kernel, task, arguments: a } = call
  const mm = task.mm!
  const address = Number(a[0])
  const command = int(a[1]) & ~(privateFlag | clockRealtime)
  const count = unsigned(a[2])
  if (address % 4 !== 0) return -Errno.EINVAL
  switch (command) {
    case Operation.WAIT:
    case Operation.WAIT_BITSET:
      return yield* wait(call, command === Operation.WAIT_BITSET)
    case Operation.WAKE:
      return kernel.futexes.wake(mm, address, atLeastOne(count), everyBit)
    case Operation.WAKE_BITSET:
      return unsigned(a[5]) === 0
        ? -Errno.EINVAL
        : kernel.futexes.wake(mm, address, atLeastOne(count), unsigned(a[5]))
    case Operation.CMP_REQUEUE:
      if (readWord(mm, address) !== unsigned(a[5])) return -Errno.EAGAIN
      return requeued(call)
    case Operation.REQUEUE:
      return requeued(call)
    case Operation.WAKE_OP:
      return wakeOperation(call)
    case Operation.LOCK_PI:
    case Operation.LOCK_PI2:
      return yield* lock(call, command === Operation.LOCK_PI)
    case Operation.TRYLOCK_PI:
      return yield* kernel.futexes.locks.lock(kernel, task, address, { tries: true })
    case Operation.UNLOCK_PI:
      return kernel.futexes.locks.unlock(task, address)
    default:
      return -Errno.ENOSYS
  }
}

/** Linux wakes one waiter even when none is asked for. */
function atLeastOne(count: number): number {
  return Math.max(1, count)
}

function requeued({ kernel, task, arguments: a }: Call): number {
  const { woken, moved } = kernel.futexes.requeue(
    task.mm!,
    Number(a[0]),
    Number(a[4]),
    unsigned(a[2]),
    unsigned(a[3]),
  )
  return woken + moved
}

/** A point of the real-time clock; LOCK_PI2 names one of either clock. */
function* lock(call: Call, realTime: boolean): KernelPath<CallResult> {
  const { kernel, task, arguments: a } = call
  const time = a[3] === 0n ? undefined : readTimespec(task, a[3])
  if (typeof time === 'number') return time
  const clock = realTime || (int(a[1]) & clockRealtime) !== 0 ? 0 : 1
  const deadline = time === undefined ? undefined : kernel.now + (time - clockTime(call, clock)!)
  return yield* kernel.futexes.locks.lock(kernel, task, Number(a[0]), { deadline, tries: false })
}

/** WAIT counts its timeout from now; WAIT_BITSET names a point of a clock. */
function* wait(call: Call, bitset: boolean): KernelPath<CallResult> {
  const { kernel, task, arguments: a } = call
  let deadline: bigint | undefined
  if (a[3] !== 0n) {
    const time = readTimespec(task, a[3])
    if (typeof time === 'number') return time
    const clock = (int(a[1]) & clockRealtime) !== 0 ? 0 : 1
    deadline = bitset ? kernel.now + (time - clockTime(call, clock)!) : kernel.now + time
  }
  return yield* waitUntil(call, bitset ? unsigned(a[5]) : everyBit, deadline)
}

function* waitUntil(call: Call, mask: number, deadline: bigint | undefined): KernelPath<CallResult> {
  const { kernel, task, arguments: a } = call
  const outcome = yield* kernel.futexes.wait(kernel, task, Number(a[0]), unsigned(a[2]), mask, deadline)
  if (outcome === -Restart.BLOCK) task.restartCall = () => waitUntil(call, mask, deadline)
  return outcome
}

/** FUTEX_WAKE_OP: changes a second word, and wakes its waiters too when the old value compares. */
function wakeOperation({ kernel, task, arguments: a }: Call): number {
  const mm = task.mm!
  const encoded = int(a[5])
  const second = Number(a[4])
  const shift = (encoded >> 28) & 8
  const raw = (encoded << 8) >> 20
  const operand = shift !== 0 ? 1 << (raw & 31) : raw
  const comparand = (encoded << 20) >> 20
  const old = readWord(mm, second)
  if (old === undefined) return -Errno.EFAULT
  const signed = old | 0
  const results = [operand, signed + operand, signed | operand, signed & ~operand, signed ^ operand]
  const next = results[(encoded >> 28) & 7]
  if (next === undefined) return -Errno.ENOSYS
  if (writeStructure(task, a[4], 4, view => view.setInt32(0, next, true)) < 0) return -Errno.EFAULT
  const holds = [
    signed === comparand,
    signed !== comparand,
    signed < comparand,
    signed <= comparand,
    signed > comparand,
    signed >= comparand,
  ][(encoded >> 24) & 15]
  if (holds === undefined) return -Errno.ENOSYS
  const woken = kernel.futexes.wake(mm, Number(a[0]), atLeastOne(unsigned(a[2])), everyBit)
  return holds ? woken + kernel.futexes.wake(mm, second, atLeastOne(unsigned(a[3])), everyBit) : woken
}
