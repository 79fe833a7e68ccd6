// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { recalculatePending } from '../signal/send-signal.ts'
import { unblockable } from '../signal/signal-numbers.ts'
import type { Call } from './system-call.ts'
import { readView } from './user-access.ts'

/** Sleeps until `look` finds something or the deadline has come. 0 is a deadline that has come; undefined: there is none. */
export function* waitFor(
  { kernel }: Call,
  reason: string,
  look: () => boolean,
  deadline: bigint | undefined,
): KernelPath<'found' | 'late' | 'interrupted'> {
  const late = () => deadline !== undefined && kernel.now >= deadline
  if (!look() && !late())
    yield {
      kind: 'sleep',
      reason,
      interruptible: true,
      ready: () => look() || late(),
      ...(deadline === undefined ? {} : { deadline }),
    }
  if (look()) return 'found'
  return late() ? 'late' : 'interrupted'
}

/**
 * Does a call with another signal mask, as ppoll and its kin take one; address 0: with its own. Interrupted, the mask stays until the
 * signal is on its way to its handler.
 */
export function* withMask(
  { task }: Call,
  address: bigint,
  size: bigint,
  call: () => KernelPath<number>,
): KernelPath<number> {
  if (address === 0n) return yield* call()
  if (size !== 8n) return -Errno.EINVAL
  const mask = readView(task, address, 8)?.getBigUint64(0, true)
  if (mask === undefined) return -Errno.EFAULT
  task.savedMask = task.blocked
  task.blocked = mask & ~unblockable
  recalculatePending(task)
  const result = yield* call()
  if (result >= 0 || !task.signalPending) {
    task.blocked = task.savedMask
    task.savedMask = undefined
    recalculatePending(task)
  }
  return result
}
