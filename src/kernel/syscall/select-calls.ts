// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import { readiness } from '../fs/readiness.ts'
import { Poll } from '../fs/special-object.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readTimespec, readTimeval, writeTimespec, writeTimeval } from './time-values.ts'
import { readBytes, readView, writeBytes } from './user-access.ts'
import { waitFor, withMask } from './wait-for.ts'

export const selectCalls: readonly SystemCall[] = [
  { number: 23, name: 'select', count: 5, support: 'full', handler: select },
  { number: 270, name: 'pselect6', count: 6, support: 'full', handler: pselect },
]

/** What is looked for in each of the three sets. */
const wanted = [Poll.IN | Poll.HUP | Poll.ERR, Poll.OUT | Poll.ERR, 0] as const

function* select(call: Call): KernelPath<number> {
  const { kernel, task } = call
  const time = call.arguments[4]
  const wait = time === 0n ? undefined : readTimeval(task, time)
  if (typeof wait === 'number') return wait
  const deadline = wait === undefined ? undefined : kernel.now + wait
  const result = yield* selectUntil(call, deadline)
  if (deadline !== undefined) writeTimeval(task, time, rest(call, deadline))
  return result
}

/** The sixth argument points at the address and the size of a signal mask. */
function* pselect(call: Call): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  const wait = a[4] === 0n ? undefined : readTimespec(task, a[4])
  if (typeof wait === 'number') return wait
  const deadline = wait === undefined ? undefined : kernel.now + wait
  const mask = a[5] === 0n ? undefined : readView(task, a[5], 16)
  if (a[5] !== 0n && !mask) return -Errno.EFAULT
  const [address, size] = mask ? [mask.getBigUint64(0, true), mask.getBigUint64(8, true)] : [0n, 0n]
  const result = yield* withMask(call, address, size, () => selectUntil(call, deadline))
  if (deadline !== undefined) writeTimespec(task, a[4], rest(call, deadline))
  return result
}

function rest({ kernel }: Call, deadline: bigint): bigint {
  return deadline > kernel.now ? deadline - kernel.now : 0n
}

function* selectUntil(call: Call, deadline: bigint | undefined): KernelPath<number> {
  const { kernel, task, arguments: a } = call
  if (int(a[0]) < 0) return -Errno.EINVAL
  const count = Math.min(int(a[0]), kernel.limits.openFiles)
  const size = Math.ceil(count / 64) * 8
  const addresses = [a[1], a[2], a[3]]
  const sets = addresses.map(address => (address === 0n ? undefined : readBytes(task, address, size)))
  if (addresses.some((address, index) => address !== 0n && !sets[index])) return -Errno.EFAULT
  for (let descriptor = 0; descriptor < count; descriptor++)
    if (sets.some(set => set && has(set, descriptor)) && !task.files.get(descriptor)) return -Errno.EBADF
  let found = 0
  let results: (Uint8Array | undefined)[] = []
  const look = () => {
    found = 0
    results = sets.map((set, index) => {
      if (!set) return undefined
      const result = new Uint8Array(size)
      for (let descriptor = 0; descriptor < count; descriptor++) {
        const file = has(set, descriptor) ? task.files.get(descriptor) : undefined
        if (!file || (readiness(file, task) & wanted[index]!) === 0) continue
        result[descriptor >> 3]! |= 1 << (descriptor & 7)
        found++
      }
      return result
    })
    return found > 0
  }
  if ((yield* waitFor(call, 'select', look, deadline)) === 'interrupted') return -Restart.NOHAND
  for (const [index, result] of results.entries())
    if (result && writeBytes(task, addresses[index]!, result) < 0) return -Errno.EFAULT
  return found
}

function has(set: Uint8Array, descriptor: number): boolean {
  return (set[descriptor >> 3]! & (1 << (descriptor & 7))) !== 0
}
