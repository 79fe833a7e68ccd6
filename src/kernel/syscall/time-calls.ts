// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { type CpuClock, cpuTime } from '../task/cpu-timers.ts'
import { type Call, type CallResult, int, type SystemCall, unsigned } from './system-call.ts'
import { readTimespec, second, writeTimespec } from './time-values.ts'
import { writeStructure } from './user-access.ts'

const absoluteTime = 1
/** Clocks that count from the boot: MONOTONIC, MONOTONIC_RAW, MONOTONIC_COARSE, BOOTTIME. */
const sinceBoot = new Set([1, 4, 6, 7])
/** CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID. */
const [ofProcess, ofThread] = [2, 3]
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

type Asker = Pick<Call, 'kernel' | 'task'>

/** Time of a clock in nanoseconds, or undefined for one that does not exist. */
export function clockTime(asker: Asker, clock: number): bigint | undefined {
  const { kernel } = asker
  if (sinceBoot.has(clock)) return kernel.now
  if (ofDay.has(clock)) return kernel.timeOfDay
  const cpu = cpuClock(asker, clock)
  return cpu && cpuTime(cpu)
}

/** A clock of processor time: one's own, or by the number of a process or of a thread of one's own (clock_getcpuclockid). */
export function cpuClock({ kernel, task }: Asker, clock: number): CpuClock | undefined {
  if (clock === ofProcess) return task.process
  if (clock === ofThread) return task
  if (clock >= 0 || (clock & 3) === 3) return undefined
  const id = ~(clock >> 3)
  if ((clock & 4) === 0) return id === 0 ? task.process : kernel.processes.get(id)
  const thread = id === 0 ? task : kernel.taskById(id)
  return thread?.process === task.process ? thread : undefined
}

function clockGettime(call: Call): number {
  const [clock, address] = call.arguments
  const now = clockTime(call, int(clock))
  return now === undefined ? -Errno.EINVAL : writeTimespec(call.task, address, now)
}

function clockGetres(call: Call): number {
  const [clock, address] = call.arguments
  if (clockTime(call, int(clock)) === undefined) return -Errno.EINVAL
  return address === 0n ? 0 : writeTimespec(call.task, address, 1n)
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
  const now = clockTime(call, int(clock))
  if (now === undefined || int(clock) === ofThread) return -Errno.EINVAL
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
