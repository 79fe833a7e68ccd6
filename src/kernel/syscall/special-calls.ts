// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { EventCounter } from '../fs/event-counter.ts'
import { Open, OpenFile } from '../fs/open-file.ts'
import { SignalObject } from '../fs/signal-object.ts'
import { TimerObject } from '../fs/timer-object.ts'
import { unblockable } from '../signal/signal-numbers.ts'
import { addSpecial } from './add-special.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { clockTime } from './time-calls.ts'
import { readTimerSpec, writeTimerSpec } from './timer-values.ts'
import { readStringBytes, readView } from './user-access.ts'

/** EFD_SEMAPHORE, MFD_CLOEXEC. */
const [semaphore, memoryCloses] = [1, 1]
/** REALTIME, MONOTONIC, BOOTTIME and the two that would wake a machine from its sleep. */
const timerClocks = new Set([0, 1, 7])
const usual = Open.closeOnExec | Open.nonblock

export const specialCalls: readonly SystemCall[] = [
  {
    number: 282,
    name: 'signalfd',
    count: 3,
    support: 'full',
    handler: call => signalfd(call, 0),
  },
  { number: 283, name: 'timerfd_create', count: 2, support: 'full', handler: createTimer },
  { number: 284, name: 'eventfd', count: 1, support: 'full', handler: call => eventfd(call, 0) },
  {
    number: 286,
    name: 'timerfd_settime',
    count: 4,
    support: 'partial',
    note: 'no TFD_TIMER_CANCEL_ON_SET: the clock is never set',
    handler: setTimer,
  },
  { number: 287, name: 'timerfd_gettime', count: 2, support: 'full', handler: getTimer },
  {
    number: 289,
    name: 'signalfd4',
    count: 4,
    support: 'full',
    handler: call => signalfd(call, int(call.arguments[3])),
  },
  {
    number: 290,
    name: 'eventfd2',
    count: 2,
    support: 'full',
    handler: call => eventfd(call, int(call.arguments[1])),
  },
  {
    number: 319,
    name: 'memfd_create',
    count: 2,
    support: 'partial',
    note: 'no seals, no huge pages',
    handler: createMemory,
  },
]

function eventfd(call: Call, flags: number): number {
  if ((flags & ~(usual | semaphore)) !== 0) return -Errno.EINVAL
  const object = new EventCounter(unsigned(call.arguments[0]), (flags & semaphore) !== 0)
  return addSpecial(call, object, flags)
}

function signalfd(call: Call, flags: number): number {
  const { task, arguments: a } = call
  if (a[2] !== 8n || (flags & ~usual) !== 0) return -Errno.EINVAL
  const mask = readView(task, a[1], 8)?.getBigUint64(0, true)
  if (mask === undefined) return -Errno.EFAULT
  const wanted = mask & ~unblockable
  if (int(a[0]) === -1) return addSpecial(call, new SignalObject(wanted), flags)
  const content = task.files.get(int(a[0]))?.inode.content
  if (!content) return -Errno.EBADF
  if (content.kind !== 'special' || !(content.object instanceof SignalObject)) return -Errno.EINVAL
  content.object.mask = wanted
  return int(a[0])
}

function createTimer(call: Call): number {
  const [clock, flags] = [int(call.arguments[0]), int(call.arguments[1])]
  if ((flags & ~usual) !== 0 || !timerClocks.has(clock)) return -Errno.EINVAL
  return addSpecial(call, new TimerObject(call.kernel.timers, clock), flags)
}

function timerOf({ task }: Call, descriptor: bigint): TimerObject | number {
  const content = task.files.get(int(descriptor))?.inode.content
  if (!content) return -Errno.EBADF
  return content.kind === 'special' && content.object instanceof TimerObject ? content.object : -Errno.EINVAL
}

function setTimer(call: Call): number {
  const { kernel, task, arguments: a } = call
  const object = timerOf(call, a[0])
  if (typeof object === 'number') return object
  const absolute = (int(a[1]) & 1) !== 0
  const timer = readTimerSpec(kernel, task, a[2], absolute ? clockTime(call, object.clock)! : undefined)
  if (typeof timer === 'number') return timer
  const before = object.timer
  object.set(timer === 'off' ? undefined : timer)
  return a[3] === 0n ? 0 : writeTimerSpec(kernel, task, a[3], before)
}

function getTimer(call: Call): number {
  const object = timerOf(call, call.arguments[0])
  if (typeof object === 'number') return object
  return writeTimerSpec(call.kernel, call.task, call.arguments[1], object.timer)
}

function createMemory({ kernel, task, arguments: [address, flagBits] }: Call): number {
  const flags = unsigned(flagBits)
  if ((flags & ~0x1b) !== 0) return -Errno.EINVAL
  const name = readStringBytes(task, address, 250, Errno.EINVAL)
  if (typeof name === 'number') return name
  const path = `/memfd:${new TextDecoder().decode(name)} (deleted)`
  const inode = kernel.files.anonymous(path, 0o777, { kind: 'regular' })
  inode.links = 0
  return task.files.add(new OpenFile(inode, path, Open.readWrite), (flags & memoryCloses) !== 0)
}
