// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { sendToProcess } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { AlarmTimer } from '../task/alarm-timers.ts'
import { cpuTime } from '../task/cpu-timers.ts'
import type { Process } from '../task/process.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { second } from './time-values.ts'
import { readView, writeStructure } from './user-access.ts'

/** ITIMER_REAL; ITIMER_VIRTUAL and ITIMER_PROF count processor time, of which all is the user's. */
const [realTimer, virtualTimer, profilingTimer] = [0, 1, 2]
const signals = [Signal.SIGALRM, Signal.SIGVTALRM, Signal.SIGPROF]
const microsecond = 1000n

type Running = { readonly timer: AlarmTimer | undefined; readonly now: bigint }

export const timerCalls: readonly SystemCall[] = [
  {
    number: 36,
    name: 'getitimer',
    count: 2,
    support: 'full',
    handler: getitimer,
  },
  { number: 37, name: 'alarm', count: 1, support: 'full', handler: alarm },
  {
    number: 38,
    name: 'setitimer',
    count: 3,
    support: 'full',
    handler: setitimer,
  },
]

/** Whole seconds that were left, rounded to the nearest, and at least 1 while a timer ran. */
function alarm({ kernel, task: { process }, arguments: [seconds] }: Call): number {
  const old = kernel.timers.get(process)
  const wanted = BigInt(unsigned(seconds)) * second
  setAlarm(kernel, process, wanted === 0n ? undefined : { deadline: kernel.now + wanted, interval: 0n })
  if (!old) return 0
  const left = old.deadline - kernel.now
  return Math.max(1, Number((left + second / 2n) / second))
}

function setAlarm(kernel: Call['kernel'], process: Process, timer: AlarmTimer | undefined): void {
  kernel.timers.set(process, timer, () => {
    sendToProcess(process, { signal: Signal.SIGALRM, code: 0x80 })
  })
}

function isTimer(which: number): boolean {
  return which === realTimer || which === virtualTimer || which === profilingTimer
}

/** A timer as it runs, by a clock that shows `now`. */
function running({ kernel, task: { process } }: Call, which: number): Running {
  if (which === realTimer) return { timer: kernel.timers.get(process), now: kernel.now }
  return { timer: kernel.cpuTimers.get(process.cpuAlarms[which - 1]!), now: cpuTime(process) }
}

function getitimer(call: Call): number {
  const [which, buffer] = call.arguments
  if (!isTimer(int(which))) return -Errno.EINVAL
  return writeTimer(call.task, buffer, running(call, int(which)))
}

function setitimer(call: Call): number {
  const { kernel, task, arguments: a } = call
  const which = int(a[0])
  if (!isTimer(which)) return -Errno.EINVAL
  const before = running(call, which)
  const view = a[1] === 0n ? new DataView(new ArrayBuffer(32)) : readView(task, a[1], 32)
  if (!view) return -Errno.EFAULT
  const interval = readTime(view, 0)
  const value = readTime(view, 16)
  if (interval === undefined || value === undefined) return -Errno.EINVAL
  const timer = value === 0n ? undefined : { deadline: before.now + value, interval }
  const { process } = task
  const fire = () => {
    sendToProcess(process, { signal: signals[which]!, code: 0x80 })
  }
  if (which === realTimer) kernel.timers.set(process, timer, fire)
  else kernel.cpuTimers.set(process.cpuAlarms[which - 1]!, process, timer, fire)
  return a[2] === 0n ? 0 : writeTimer(task, a[2], before)
}

/** A struct timeval in nanoseconds; undefined when it is not a valid time. */
function readTime(view: DataView, offset: number): bigint | undefined {
  const seconds = view.getBigInt64(offset, true)
  const micro = view.getBigInt64(offset + 8, true)
  return seconds < 0n || micro < 0n || micro >= 1_000_000n
    ? undefined
    : seconds * second + micro * microsecond
}

/** struct itimerval: the interval and what is left. */
function writeTimer(task: Call['task'], buffer: bigint, { timer, now }: Running): number {
  const left = timer ? timer.deadline - now : 0n
  return writeStructure(task, buffer, 32, view => {
    for (const [index, time] of [timer?.interval ?? 0n, left].entries()) {
      view.setBigInt64(index * 16, time / second, true)
      view.setBigInt64(index * 16 + 8, (time % second) / microsecond, true)
    }
  })
}
