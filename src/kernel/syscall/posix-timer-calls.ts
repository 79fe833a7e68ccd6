// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { sendToProcess, sendToTask } from '../signal/send-signal.ts'
import { Signal, signalCount } from '../signal/signal-numbers.ts'
import type { AlarmTimer } from '../task/alarm-timers.ts'
import { cpuTime } from '../task/cpu-timers.ts'
import type { PosixTimer } from '../task/posix-timer.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { clockTime, cpuClock } from './time-calls.ts'
import { readTimerSpec, writeTimerSpec } from './timer-values.ts'
import { readView, writeStructure } from './user-access.ts'

const Notify = { SIGNAL: 0, NONE: 1, THREAD: 2, THREAD_ID: 4 } as const
/** si_code of a timer's signal. */
const fromTimer = -2
const mostTimers = 1024

export const posixTimerCalls: readonly SystemCall[] = [
  { number: 222, name: 'timer_create', count: 3, support: 'full', handler: create },
  { number: 223, name: 'timer_settime', count: 4, support: 'full', handler: set },
  { number: 224, name: 'timer_gettime', count: 2, support: 'full', handler: get },
  {
    number: 225,
    name: 'timer_getoverrun',
    count: 1,
    support: 'full',
    handler: call => timerOf(call)?.overrun ?? -Errno.EINVAL,
  },
  { number: 226, name: 'timer_delete', count: 1, support: 'full', handler: remove },
]

function timerOf({ task, arguments: [id] }: Call): PosixTimer | undefined {
  return task.process.timers.get(int(id))
}

/** struct sigevent: the value, the signal, how to notify, and a thread. */
function create(call: Call): number {
  const {
    kernel,
    task,
    arguments: [clock, event, address],
  } = call
  if (clockTime(call, int(clock)) === undefined) return -Errno.EINVAL
  const { timers } = task.process
  let id = 0
  while (timers.has(id)) id++
  if (id >= mostTimers) return -Errno.EAGAIN
  const view = event === 0n ? undefined : readView(task, event, 64)
  if (event !== 0n && !view) return -Errno.EFAULT
  const notify = view?.getInt32(12, true) ?? Notify.SIGNAL
  const signal = view?.getInt32(8, true) ?? Signal.SIGALRM
  if (!([Notify.SIGNAL, Notify.NONE, Notify.THREAD, Notify.THREAD_ID] as number[]).includes(notify))
    return -Errno.EINVAL
  const thread = notify === Notify.THREAD_ID ? kernel.taskById(view!.getInt32(16, true)) : undefined
  if (notify === Notify.THREAD_ID && thread?.process !== task.process) return -Errno.EINVAL
  if (notify !== Notify.NONE && (signal < 1 || signal > signalCount)) return -Errno.EINVAL
  if (writeStructure(task, address, 4, out => out.setInt32(0, id, true)) < 0) return -Errno.EFAULT
  timers.set(id, {
    clock: int(clock),
    cpu: cpuClock(call, int(clock)),
    signal: notify === Notify.NONE ? 0 : signal,
    value: view?.getBigUint64(0, true) ?? BigInt(id),
    thread,
    overrun: 0,
  })
  return 0
}

function set(call: Call): number {
  const { kernel, task, arguments: a } = call
  const timer = timerOf(call)
  if (!timer) return -Errno.EINVAL
  const absolute = (int(a[1]) & 1) !== 0
  const now = timer.cpu ? cpuTime(timer.cpu) : clockTime(call, timer.clock)!
  const wanted = readTimerSpec(kernel, task, a[2], absolute ? now : undefined)
  if (typeof wanted === 'number') return wanted
  const before = running(kernel, timer)
  timer.overrun = 0
  start(call, timer, wanted === 'off' ? undefined : wanted)
  return a[3] === 0n ? 0 : writeTimerSpec(kernel, task, a[3], before)
}

/** Deadlines are points of the virtual clock here, also of timers by processor time: what is left until then counts. */
function start({ kernel, task: { process } }: Call, timer: PosixTimer, wanted: AlarmTimer | undefined): void {
  const fire = (times: bigint) => {
    timer.overrun = Number(times) - 1
    if (timer.signal === 0) return
    const info = { signal: timer.signal, code: fromTimer, value: timer.value }
    if (timer.thread) sendToTask(timer.thread, info)
    else sendToProcess(process, info)
  }
  const { cpu } = timer
  if (!cpu) kernel.timers.set(timer, wanted, fire)
  else kernel.cpuTimers.set(timer, cpu, wanted && moved(wanted, cpuTime(cpu) - kernel.now), fire)
}

function running(kernel: Call['kernel'], timer: PosixTimer): AlarmTimer | undefined {
  if (!timer.cpu) return kernel.timers.get(timer)
  const own = kernel.cpuTimers.get(timer)
  return own && moved(own, kernel.now - cpuTime(timer.cpu))
}

function moved({ deadline, interval }: AlarmTimer, by: bigint): AlarmTimer {
  return { deadline: deadline + by, interval }
}

function get(call: Call): number {
  const timer = timerOf(call)
  if (!timer) return -Errno.EINVAL
  return writeTimerSpec(call.kernel, call.task, call.arguments[1], running(call.kernel, timer))
}

function remove(call: Call): number {
  const timer = timerOf(call)
  if (!timer) return -Errno.EINVAL
  call.kernel.timers.set(timer, undefined)
  call.kernel.cpuTimers.delete(timer)
  call.task.process.timers.delete(int(call.arguments[0]))
  return 0
}
