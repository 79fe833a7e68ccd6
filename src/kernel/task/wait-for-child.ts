// SPDX-License-Identifier: MIT
import { Errno, Restart } from '../errno.ts'
import type { KernelPath } from '../kernel.ts'
import type { KernelCore } from '../kernel-core.ts'
import { Signal } from '../signal/signal-numbers.ts'
import type { KernelTask } from './kernel-task.ts'
import type { Process } from './process.ts'

export const WaitOption = {
  NOHANG: 1,
  /** WSTOPPED of waitid. */
  UNTRACED: 2,
  EXITED: 4,
  CONTINUED: 8,
  NOWAIT: 0x0100_0000,
  ALL: 0x4000_0000,
  CLONE: 0x8000_0000,
} as const

/** What a wait has found: which process, and its status as wait4 gives it. */
export type ChildNews = { readonly process: Process; readonly status: number; readonly kind: ChildNewsKind }
export type ChildNewsKind = 'exited' | 'stopped' | 'continued'

/** Waits for news of a child among those that `which` selects. Undefined: none yet (WNOHANG). -ECHILD: there is no such child. */
export function* waitForChild(
  kernel: KernelCore,
  task: KernelTask,
  which: (child: Process) => boolean,
  options: number,
): KernelPath<ChildNews | undefined | number> {
  const { children } = task.process
  const candidates = () => children.filter(child => which(child) && waitable(child, options))
  for (;;) {
    const found = candidates()
    if (found.length === 0) return -Errno.ECHILD
    const news = firstNews(found, options)
    if (news) {
      if ((options & WaitOption.NOWAIT) === 0) consume(kernel, news)
      return news
    }
    if ((options & WaitOption.NOHANG) !== 0) return undefined
    const ready = () => {
      const now = candidates()
      return now.length === 0 || firstNews(now, options) !== undefined
    }
    yield { kind: 'sleep', reason: 'wait for a child', interruptible: true, ready }
    if (!ready()) return -Restart.SYS
  }
}

/** Children with another exit signal than SIGCHLD are for __WCLONE and __WALL (eligible_child). */
function waitable(child: Process, options: number): boolean {
  if ((options & WaitOption.ALL) !== 0) return true
  return (child.exitSignal !== Signal.SIGCHLD) === ((options & WaitOption.CLONE) !== 0)
}

function firstNews(children: readonly Process[], options: number): ChildNews | undefined {
  for (const process of children) {
    if (process.zombie && (options & WaitOption.EXITED) !== 0)
      return { process, status: process.status, kind: 'exited' }
    if (process.news === 'stopped' && (options & WaitOption.UNTRACED) !== 0)
      return { process, status: (process.stopped << 8) | 0x7f, kind: 'stopped' }
    if (process.news === 'continued' && (options & WaitOption.CONTINUED) !== 0)
      return { process, status: 0xffff, kind: 'continued' }
  }
  return undefined
}

function consume(kernel: KernelCore, { process, kind }: ChildNews): void {
  if (kind === 'exited') kernel.reap(process)
  else process.news = undefined
}
