// SPDX-License-Identifier: MIT

import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { tearDown } from '../mm/tear-down.ts'
import { killOthers } from '../signal/send-signal.ts'
import { ignoreHandler, SignalFlag } from '../signal/signal-actions.ts'
import { Signal, signalName } from '../signal/signal-numbers.ts'
import { undoSemaphores } from '../syscall/semaphore-calls.ts'
import type { Ending, KernelTask } from './kernel-task.ts'
import { notifyParentOfExit } from './notify-parent.ts'
import { deleteTimers } from './posix-timer.ts'
import type { GroupExit, Process } from './process.ts'

/** exit_group, or the end by a fatal signal: this thread goes now, the others when they are next on their way to user mode. */
export function* exitGroup(kernel: KernelCore, task: KernelTask, how: GroupExit): KernelPath {
  const { process } = task
  if (process.groupExit === undefined && process.execTask === undefined) {
    process.groupExit = how
    killOthers(process, task)
  }
  yield* exitTask(kernel, task, process.groupExit ?? how)
}

/** The end of one thread (do_exit), in the order in which Linux lets go of things. */
export function* exitTask(kernel: KernelCore, task: KernelTask, how: GroupExit): KernelPath {
  const { process } = task
  const replaced = process.execTask !== undefined && process.execTask !== task && process.leader === task
  const value = kernel.options.exitValue?.(task) ?? BigInt(how.code)
  const fields = {
    thread: task.name,
    ...(how.signal === 0
      ? { value: BigInt.asUintN(64, value), code: BigInt(how.code) }
      : { signal: signalName(how.signal) }),
  }
  task.works.length = 0
  leaveMm(kernel, task, 'exit')
  closeFiles(task)
  task.ending = replaced ? { replaced } : endingOf(how)
  const { tasks } = process
  tasks.splice(tasks.indexOf(task), 1)
  process.steps += task.steps
  // Without a group exit the status of the process is that of the thread that goes last, whichever that is.
  if (tasks.length === 0) endProcess(kernel, process, process.groupExit ?? how)
  task.dead = true
  kernel.removeTask(task)
  kernel.forget(task)
  if (kernel.records('exit')) yield kernel.event({ kind: 'exit', thread: task.name, fields })
}

function endingOf({ code, signal }: GroupExit): Ending {
  return signal === 0 ? { code } : { signal }
}

/** Leaves the address space (mm_release, mmput): plug-ins first, then the words and sleepers that wait for this. */
export function leaveMm(kernel: KernelCore, task: KernelTask, why: 'exec' | 'exit'): void {
  const { mm } = task
  for (const hook of kernel.hooks.releaseTask) hook(task, why)
  task.stepping = false
  task.restarting = false
  task.resumeWork = false
  if (!mm) return
  kernel.futexes.releaseRobustList(task)
  kernel.futexes.locks.releaseAll(task)
  if (task.clearChildId !== 0n && mm.users.size > 1) {
    mm.write(Number(task.clearChildId), new Uint8Array(4))
    kernel.futexes.wake(mm, Number(task.clearChildId), 1, 0xffff_ffff)
  }
  task.clearChildId = 0n
  task.vforkDone?.()
  task.vforkDone = undefined
  mm.users.delete(task)
  task.mm = undefined
  if (mm.users.size === 0) tearDown(mm)
}

function closeFiles(task: KernelTask): void {
  if (task.process.tasks.length === 1)
    for (const descriptor of task.files.list())
      task.files.get(descriptor)!.inode.locks?.releaseAll(task.process)
  task.files.users--
  if (task.files.users === 0) task.files.closeAll()
}

/** The last thread is gone: children find another parent, and the own parent is told (exit_notify). */
function endProcess(kernel: KernelCore, process: Process, how: GroupExit): void {
  // RLIMIT_CORE is 0: no core is written, so bit 7 stays clear.
  process.status = how.signal === 0 ? (how.code & 0xff) << 8 : how.signal
  // A leader that has ended before the others is reported with the end of the whole.
  if (process.leader.ending) process.leader.ending = endingOf(how)
  for (const child of [...process.children]) reparent(kernel, child)
  undoSemaphores(kernel.ipc.semaphores, process)
  process.zombie = true
  kernel.timers.set(process, undefined)
  for (const owner of process.cpuAlarms) kernel.cpuTimers.delete(owner)
  deleteTimers(kernel, process)
  notifyParentOfExit(process)
  if (!process.parent || reapsItself(process)) kernel.reap(process)
}

/** Orphans belong to nobody: there is no init, so nobody waits for them. */
function reparent(kernel: KernelCore, child: Process): void {
  child.parent?.children.splice(child.parent.children.indexOf(child), 1)
  child.parent = undefined
  for (const task of child.tasks) {
    if (task.parentDeathSignal !== 0)
      kernel.sendSignal(task, { signal: task.parentDeathSignal, code: 0, pid: 0, uid: 0 })
  }
  if (child.zombie) kernel.reap(child)
}

/** A parent that ignores SIGCHLD or has said SA_NOCLDWAIT gets no zombie. */
function reapsItself(process: Process): boolean {
  if (process.exitSignal !== Signal.SIGCHLD || !process.parent) return false
  const action = process.parent.actions.get(Signal.SIGCHLD)
  return action.handler === ignoreHandler || (action.flags & SignalFlag.NOCLDWAIT) !== 0n
}
