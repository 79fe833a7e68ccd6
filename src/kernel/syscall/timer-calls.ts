// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { sendToProcess } from '../signal/send-signal.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { AlarmTimer } from '../task/alarm-timers.ts'
import type { Process } from '../task/process.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { second } from './time-values.ts'
import { readView, writeStructure } from './user-access.ts'

const realTimer = 0
const microsecond = 1000n

export const timerCalls: readonly SystemCall[] = [
  {
    number: 36,
    name: 'getitimer',
    count: 2,
    support: 'partial',
    note: 'ITIMER_REAL only',
    handler: getitimer,
  },
  { number: 37, name: 'alarm', count: 1, support: 'full', handler: alarm },
  {
    number: 38,
    name: 'setitimer',
    count: 3,
    support: 'partial',
    note: 'ITIMER_REAL only',
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

function getitimer({ kernel, task, arguments: [which, buffer] }: Call): number {
  if (int(which) !== realTimer) return -Errno.EINVAL
  return writeTimer(task, buffer, kernel.timers.get(task.process), kernel.now)
}

function setitimer({ kernel, task, arguments: [which, wanted, old] }: Call): number {
  if (int(which) !== realTimer) return -Errno.EINVAL
  const before = kernel.timers.get(task.process)
  const view = wanted === 0n ? new DataView(new ArrayBuffer(32)) : readView(task, wanted, 32)
  if (!view) return -Errno.EFAULT
  const interval = readTime(view, 0)
  const value = readTime(view, 16)
  if (interval === undefined || value === undefined) return -Errno.EINVAL
  setAlarm(kernel, task.process, value === 0n ? undefined : { deadline: kernel.now + value, interval })
  return old === 0n ? 0 : writeTimer(task, old, before, kernel.now)
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
function writeTimer(task: Call['task'], buffer: bigint, timer: AlarmTimer | undefined, now: bigint): number {
  const left = timer ? timer.deadline - now : 0n
  return writeStructure(task, buffer, 32, view => {
    for (const [index, time] of [timer?.interval ?? 0n, left].entries()) {
      view.setBigInt64(index * 16, time / second, true)
      view.setBigInt64(index * 16 + 8, (time % second) / microsecond, true)
    }
  })
}
