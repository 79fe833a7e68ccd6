// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { type Call, type CallResult, int, type SystemCall, unsigned } from './system-call.ts'
import { readTimespec, second, writeTimespec } from './time-values.ts'
import { writeStructure } from './user-access.ts'

const absoluteTime = 1
/** Clocks that count from the boot: MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME, MONOTONIC_RAW, MONOTONIC_COARSE, BOOTTIME. */
const sinceBoot = new Set([1, 2, 3, 4, 6, 7])
/** REALTIME, REALTIME_COARSE, TAI. */
const ofDay = new Set([0, 5, 11])

export const timeCalls: readonly SystemCall[] = [
  { number: 35, name: 'nanosleep', count: 2, support: 'full', handler: nanosleep },
  { number: 96, name: 'gettimeofday', count: 2, support: 'full', handler: gettimeofday },
  { number: 201, name: 'time', count: 1, support: 'full', handler: time },
  { number: 219, name: 'restart_syscall', count: 0, support: 'full', handler: restartSystemCall },
  { number: 228, name: 'clock_gettime', count: 2, support: 'full', handler: clockGettime },
  { number: 229, name: 'clock_getres', count: 2, support: 'full', handler: clockGetres },
  { number: 230, name: 'clock_nanosleep', count: 4, support: 'full', handler: clockNanosleep },
]

/** Time of a clock in nanoseconds, or undefined for one that does not exist. */
export function clockTime(kernel: Call['kernel'], clock: number): bigint | undefined {
  if (sinceBoot.has(clock)) return kernel.now
  return ofDay.has(clock) ? kernel.timeOfDay : undefined
}

function clockGettime({ kernel, task, arguments: [clock, address] }: Call): number {
  const now = clockTime(kernel, int(clock))
  return now === undefined ? -Errno.EINVAL : writeTimespec(task, address, now)
}

function clockGetres({ kernel, task, arguments: [clock, address] }: Call): number {
  if (clockTime(kernel, int(clock)) === undefined) return -Errno.EINVAL
  return address === 0n ? 0 : writeTimespec(task, address, 1n)
}

function gettimeofday({ kernel, task, arguments: [address] }: Call): number {
  const now = kernel.timeOfDay
  if (address === 0n) return 0
  return writeStructure(task, address, 16, view => {
    view.setBigInt64(0, now / second, true)
    view.setBigInt64(8, (now % second) / 1000n, true)
  })
}

function time({ kernel, task, arguments: [address] }: Call): CallResult {
  const now = kernel.timeOfDay / second
  const problem =
    address === 0n ? 0 : writeStructure(task, address, 8, view => view.setBigInt64(0, now, true))
  return problem || now
}

function* nanosleep(call: Call): KernelPath<CallResult> {
  const {
    kernel,
    task,
    arguments: [request, remaining],
  } = call
  const wanted = readTimespec(task, request)
  if (typeof wanted === 'number') return wanted
  return yield* sleepUntil(call, kernel.now + wanted, remaining)
}

function* clockNanosleep(call: Call): KernelPath<CallResult> {
  const {
    kernel,
    task,
    arguments: [clock, flags, request, remaining],
  } = call
  const wanted = readTimespec(task, request)
  if (typeof wanted === 'number') return wanted
  const now = clockTime(kernel, int(clock))
  if (now === undefined) return -Errno.EINVAL
  if ((unsigned(flags) & absoluteTime) === 0) return yield* sleepUntil(call, kernel.now + wanted, remaining)
  const deadline = kernel.now + (wanted - now)
  const outcome = yield* sleepUntil(call, deadline, 0n)
  return outcome === -Restart.BLOCK ? -Restart.NOHAND : outcome
}

/** Sleeps to a point of the virtual clock. Interrupted: the rest is written, and restart_syscall goes on to the same point. */
function* sleepUntil(call: Call, deadline: bigint, remaining: bigint): KernelPath<CallResult> {
  const { kernel, task } = call
  const ready = () => kernel.now >= deadline
  if (!ready())
    yield { kind: 'sleep', reason: 'nanosleep', interruptible: true, quiet: true, ready, deadline }
  if (ready()) return 0
  if (remaining !== 0n && writeTimespec(task, remaining, deadline - kernel.now) < 0) return -Errno.EFAULT
  task.restartCall = () => sleepUntil(call, deadline, remaining)
  return -Restart.BLOCK
}

function* restartSystemCall({ task }: Call): KernelPath<CallResult> {
  const again = task.restartCall
  task.restartCall = undefined
  return again ? yield* again() : -Errno.EINTR
}
