// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import { readiness } from '../fs/readiness.ts'
import { Poll } from '../fs/special-object.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, unsigned } from './system-call.ts'
import { readTimespec } from './time-values.ts'
import { readBytes, writeBytes } from './user-access.ts'
import { waitFor, withMask } from './wait-for.ts'

/** poll(2), with a timeout in milliseconds. */
export function poll(call: Call): KernelPath<number> {
  const milliseconds = int(call.arguments[2])
  const deadline = milliseconds < 0 ? undefined : call.kernel.now + BigInt(milliseconds) * 1_000_000n
  return pollUntil(call, deadline)
}

/** ppoll(2): a struct timespec, and a signal mask while it waits. */
export function* ppoll(call: Call): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const time = a[2] === 0n ? undefined : readTimespec(task, a[2])
  if (typeof time === 'number') return time
  const deadline = time === undefined ? undefined : kernel.now + time
  return yield* withMask(call, a[3], a[4], () => pollUntil(call, deadline, -Restart.NOHAND))
}

function* pollUntil(call: Call, deadline: bigint | undefined, interrupted?: number): KernelPath<number> {
  const {
    kernel,
    task,
    arguments: [list, count],
  } = call
  const entries = unsigned(count)
  if (entries > kernel.limits.openFiles) return -Errno.EINVAL
  const bytes = readBytes(task, list, entries * 8)
  if (!bytes) return -Errno.EFAULT
  const view = new DataView(bytes.buffer)
  let found = 0
  const look = () => {
    found = 0
    for (let at = 0; at < entries * 8; at += 8) {
      const wanted = view.getUint16(at + 4, true) | Poll.ERR | Poll.HUP | Poll.NVAL
      const descriptor = view.getInt32(at, true)
      const file = descriptor < 0 ? undefined : task.files.get(descriptor)
      const events = file ? readiness(file, task) : Poll.NVAL
      const now = descriptor < 0 ? 0 : events & wanted
      view.setUint16(at + 6, now, true)
      if (now !== 0) found++
    }
    return found > 0
  }
  const outcome = yield* waitFor(call, 'poll', look, deadline)
  if (outcome === 'interrupted') {
    if (interrupted !== undefined) return interrupted
    task.restartCall = () => pollUntil(call, deadline)
    return -Restart.BLOCK
  }
  return writeBytes(task, list, bytes) < 0 ? -Errno.EFAULT : found
}
