// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import { type CloneArguments, CloneFlag, cloneTask } from '../task/clone-task.ts'
import { executeProgram } from '../task/execute-program.ts'
import { exitGroup, exitTask } from '../task/exit-task.ts'
import type { Process } from '../task/process.ts'
import { type ChildNews, WaitOption, waitForChild } from '../task/wait-for-child.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readPath, readStringBytes, readView, writeStructure } from './user-access.ts'

const noCall: Omit<CloneArguments, 'flags' | 'exitSignal'> = { stack: 0n, parentId: 0n, childId: 0n, tls: 0n }
/** Signals for the end of a child are in the low byte of clone's flags. */
const signalMask = 0xffn

export const processCalls: readonly SystemCall[] = [
  { number: 24, name: 'sched_yield', count: 0, support: 'full', handler: () => 0 },
  {
    number: 56,
    name: 'clone',
    count: 5,
    support: 'partial',
    note: 'no namespaces, no CLONE_PIDFD',
    handler: clone,
  },
  {
    number: 57,
    name: 'fork',
    count: 0,
    support: 'full',
    handler: ({ kernel, task }) => cloneTask(kernel, task, { ...noCall, flags: 0n, exitSignal: 17 }),
  },
  {
    number: 58,
    name: 'vfork',
    count: 0,
    support: 'full',
    handler: ({ kernel, task }) =>
      cloneTask(kernel, task, { ...noCall, flags: CloneFlag.VM | CloneFlag.VFORK, exitSignal: 17 }),
  },
  { number: 59, name: 'execve', count: 3, support: 'full', handler: execve },
  {
    number: 60,
    name: 'exit',
    count: 1,
    support: 'full',
    final: true,
    handler: function* ({ kernel, task, arguments: [code] }) {
      yield* exitTask(kernel, task, { code: unsigned(code) & 0xff, signal: 0 })
      return 0
    },
  },
  { number: 61, name: 'wait4', count: 4, support: 'partial', note: 'rusage is zero', handler: wait4 },
  {
    number: 109,
    name: 'setpgid',
    count: 2,
    support: 'partial',
    note: 'rights are not checked',
    handler: setpgid,
  },
  {
    number: 110,
    name: 'getppid',
    count: 0,
    support: 'full',
    handler: ({ task }) => task.process.parent?.id ?? 0,
  },
  { number: 111, name: 'getpgrp', count: 0, support: 'full', handler: ({ task }) => task.process.group },
  { number: 112, name: 'setsid', count: 0, support: 'full', handler: setsid },
  {
    number: 121,
    name: 'getpgid',
    count: 1,
    support: 'full',
    handler: call => processOf(call, call.arguments[0])?.group ?? -Errno.ESRCH,
  },
  {
    number: 124,
    name: 'getsid',
    count: 1,
    support: 'full',
    handler: call => processOf(call, call.arguments[0])?.session ?? -Errno.ESRCH,
  },
  {
    number: 218,
    name: 'set_tid_address',
    count: 1,
    support: 'full',
    handler: ({ task, arguments: [address] }) => {
      task.clearChildId = address
      return task.id
    },
  },
  {
    number: 231,
    name: 'exit_group',
    count: 1,
    support: 'full',
    final: true,
    handler: function* ({ kernel, task, arguments: [code] }) {
      yield* exitGroup(kernel, task, { code: unsigned(code) & 0xff, signal: 0 })
      return 0
    },
  },
  {
    number: 247,
    name: 'waitid',
    count: 5,
    support: 'partial',
    note: 'rusage is zero; no P_PIDFD',
    handler: waitid,
  },
  {
    number: 435,
    name: 'clone3',
    count: 2,
    support: 'partial',
    note: 'no namespaces, no CLONE_PIDFD',
    handler: clone3,
  },
]

function clone({
  kernel,
  task,
  arguments: [flags, stack, parentId, childId, tls],
}: Call): KernelPath<number> {
  return cloneTask(kernel, task, {
    flags: BigInt.asUintN(32, flags) & ~signalMask,
    exitSignal: Number(flags & signalMask),
    stack,
    parentId,
    childId,
    tls,
  })
}

/** struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls. */
function* clone3({ kernel, task, arguments: [address, size] }: Call): KernelPath<number> {
  if (size < 64n) return -Errno.EINVAL
  if (size > 4096n) return -Errno.E2BIG
  const view = readView(task, address, 64)
  if (!view) return -Errno.EFAULT
  const word = (index: number) => view.getBigUint64(index * 8, true)
  const [stack, stackSize] = [word(5), word(6)]
  if ((stack === 0n) !== (stackSize === 0n) || (word(0) & signalMask) !== 0n) return -Errno.EINVAL
  return yield* cloneTask(kernel, task, {
    flags: word(0),
    exitSignal: Number(word(4) & signalMask),
    stack: stack + stackSize,
    childId: word(2),
    parentId: word(3),
    tls: word(7),
  })
}

function* execve({ kernel, task, arguments: [path, argv, env] }: Call): KernelPath<number> {
  const name = readPath(task, path)
  if (typeof name === 'number') return name
  const words = readStrings(task, argv)
  if (typeof words === 'number') return words
  const variables = readStrings(task, env)
  if (typeof variables === 'number') return variables
  // Linux gives a program without arguments one empty one.
  const argumentsGiven = words.length > 0 ? words : [new Uint8Array(0)]
  return yield* executeProgram(kernel, task, { path: name, argv: argumentsGiven, env: variables })
}

function readStrings(task: Call['task'], list: bigint): Uint8Array[] | number {
  const texts: Uint8Array[] = []
  if (list === 0n) return texts
  for (let at = list; ; at += 8n) {
    const pointer = readView(task, at, 8)?.getBigUint64(0, true)
    if (pointer === undefined) return -Errno.EFAULT
    if (pointer === 0n) return texts
    const text = readStringBytes(task, pointer, 131_072, Errno.E2BIG)
    if (typeof text === 'number') return text
    texts.push(text)
  }
}

function* wait4({ kernel, task, arguments: [which, status, optionBits, usage] }: Call): KernelPath<number> {
  const options = unsigned(optionBits)
  const known = WaitOption.NOHANG | WaitOption.UNTRACED | WaitOption.CONTINUED
  if ((options & ~(known | WaitOption.ALL | 0x2000_0000) & 0x7fff_ffff) !== 0) return -Errno.EINVAL
  const news = yield* waitForChild(
    kernel,
    task,
    selector(task.process, int(which)),
    options | WaitOption.EXITED,
  )
  if (typeof news === 'number') return news
  if (!news) return 0
  if (usage !== 0n && writeStructure(task, usage, 144, () => {}) < 0) return -Errno.EFAULT
  const problem =
    status === 0n ? 0 : writeStructure(task, status, 4, view => view.setInt32(0, news.status, true))
  return problem || news.process.id
}

/** Children by pid: one; the caller's group for 0; all for -1; a group below. */
function selector(own: Process, which: number): (child: Process) => boolean {
  if (which > 0) return child => child.id === which
  if (which === -1) return () => true
  const group = which === 0 ? own.group : -which
  return child => child.group === group
}

function* waitid({ kernel, task, arguments: [type, id, info, optionBits] }: Call): KernelPath<number> {
  const options = unsigned(optionBits)
  if ((options & (WaitOption.EXITED | WaitOption.UNTRACED | WaitOption.CONTINUED)) === 0) return -Errno.EINVAL
  const wanted = int(id)
  const which = [-1, wanted, wanted === 0 ? 0 : -wanted][unsigned(type)]
  if (which === undefined) return -Errno.EINVAL
  const news = yield* waitForChild(kernel, task, selector(task.process, which), options)
  if (typeof news === 'number') return news
  if (info === 0n) return 0
  return writeStructure(task, info, 128, view => news && fillChildInfo(view, news))
}

const codes = { exited: 1, killed: 2, stopped: 5, continued: 6 } as const

function fillChildInfo(view: DataView, { process, status, kind }: ChildNews): void {
  const signal = status & 0x7f
  const end = signal === 0 ? codes.exited : codes.killed
  view.setInt32(0, 17, true)
  view.setInt32(8, kind === 'exited' ? end : codes[kind], true)
  view.setInt32(16, process.id, true)
  const value =
    kind === 'exited' ? (signal === 0 ? status >> 8 : signal) : kind === 'stopped' ? status >> 8 : 18
  view.setInt32(24, value, true)
}

function processOf({ kernel, task }: Call, id: bigint): Process | undefined {
  return int(id) === 0 ? task.process : kernel.processes.get(int(id))
}

function setpgid(call: Call): number {
  const process = processOf(call, call.arguments[0])
  const group = int(call.arguments[1])
  if (!process) return -Errno.ESRCH
  if (group < 0) return -Errno.EINVAL
  process.group = group === 0 ? process.id : group
  return 0
}

function setsid({ task: { process } }: Call): number {
  if (process.group === process.id) return -Errno.EPERM
  process.group = process.session = process.id
  return process.id
}
