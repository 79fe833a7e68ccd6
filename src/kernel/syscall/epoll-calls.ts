// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { EventPoll } from '../fs/event-poll.ts'
import { Open } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { addSpecial } from './add-special.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readTimespec } from './time-values.ts'
import { readView, writeBytes } from './user-access.ts'
import { waitFor, withMask } from './wait-for.ts'

const Operation = { ADD: 1, DEL: 2, MOD: 3 } as const
/** Bytes of struct epoll_event, which is packed. */
const recordSize = 12

export const epollCalls: readonly SystemCall[] = [
  {
    number: 213,
    name: 'epoll_create',
    count: 1,
    support: 'full',
    handler: call => (int(call.arguments[0]) <= 0 ? -Errno.EINVAL : addSpecial(call, new EventPoll(), 0)),
  },
  { number: 232, name: 'epoll_wait', count: 4, support: 'full', handler: wait },
  { number: 233, name: 'epoll_ctl', count: 4, support: 'full', handler: control },
  {
    number: 281,
    name: 'epoll_pwait',
    count: 6,
    support: 'full',
    handler: call => withMask(call, call.arguments[4], call.arguments[5], () => wait(call)),
  },
  {
    number: 291,
    name: 'epoll_create1',
    count: 1,
    support: 'full',
    handler: call =>
      (int(call.arguments[0]) & ~Open.closeOnExec) !== 0
        ? -Errno.EINVAL
        : addSpecial(call, new EventPoll(), int(call.arguments[0])),
  },
  { number: 441, name: 'epoll_pwait2', count: 6, support: 'full', handler: waitPrecisely },
]

function setOf({ task }: Call, descriptor: bigint): EventPoll | number {
  const content = task.files.get(int(descriptor))?.inode.content
  if (!content) return -Errno.EBADF
  return content.kind === 'special' && content.object instanceof EventPoll ? content.object : -Errno.EINVAL
}

function control(call: Call): number {
  const { task, arguments: a } = call
  const operation = int(a[1])
  const event = operation === Operation.DEL ? undefined : readView(task, a[3], recordSize)
  if (operation !== Operation.DEL && !event) return -Errno.EFAULT
  const file = task.files.get(int(a[2]))
  if (!file) return -Errno.EBADF
  const set = setOf(call, a[0])
  if (typeof set === 'number') return set
  if (file.inode.content.kind === 'special' && file.inode.content.object === set) return -Errno.EINVAL
  const [events, data] = event ? [event.getUint32(0, true), event.getBigUint64(4, true)] : [0, 0n]
  if (operation === Operation.ADD) return set.add(int(a[2]), file, events, data)
  if (operation === Operation.MOD) return set.modify(int(a[2]), file, events, data)
  return operation === Operation.DEL ? set.remove(int(a[2]), file) : -Errno.EINVAL
}

function wait(call: Call): KernelPath<number> {
  const milliseconds = int(call.arguments[3])
  return waitUntil(call, milliseconds < 0 ? undefined : BigInt(milliseconds) * 1_000_000n)
}

function* waitPrecisely(call: Call): KernelPath<number> {
  const { task, arguments: a } = call
  const time = a[3] === 0n ? undefined : readTimespec(task, a[3])
  if (typeof time === 'number') return time
  return yield* withMask(call, a[4], a[5], () => waitUntil(call, time))
}

function* waitUntil(call: Call, time: bigint | undefined): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const most = int(a[2])
  if (most <= 0) return -Errno.EINVAL
  const set = setOf(call, a[0])
  if (typeof set === 'number') return set
  const deadline = time === undefined ? undefined : kernel.now + time
  const outcome = yield* waitFor(call, 'epoll_wait', () => set.events(task) !== 0, deadline)
  if (outcome === 'interrupted') return -Errno.EINTR
  const found = set.take(most, task)
  const bytes = new Uint8Array(found.length * recordSize)
  const view = new DataView(bytes.buffer)
  for (const [index, { events, data }] of found.entries()) {
    view.setUint32(index * recordSize, unsigned(BigInt(events)), true)
    view.setBigUint64(index * recordSize + 4, data, true)
  }
  return writeBytes(task, a[1], bytes) || found.length
}
