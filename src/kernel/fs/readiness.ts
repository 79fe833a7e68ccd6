// SPDX-License-Identifier: MIT
import type { KernelTask } from '../task/kernel-task.ts'
import type { OpenFile } from './open-file.ts'
import { Poll } from './special-object.ts'

/** Bits of `Poll` for an open file: files and devices are always ready, all others when there is something to do. */
export function readiness(file: OpenFile, task: KernelTask): number {
  const { content } = file.inode
  if (content.kind === 'special') return content.object.events(task)
  if (content.kind !== 'pipe') return Poll.IN | Poll.OUT
  const { pipe } = content
  const output = (pipe.room > 0 ? Poll.OUT : 0) | (pipe.readers === 0 ? Poll.ERR : 0)
  const hungUp = pipe.writers === 0 && file.writersBefore !== pipe.opened.writer
  const input = (pipe.held > 0 ? Poll.IN : 0) | (hungUp ? Poll.HUP : 0)
  return (file.writable ? output : 0) | (file.readable ? input : 0)
}

const alwaysReady: ReadonlySet<string> = new Set(['regular', 'directory', 'generated', 'memory'])

/** Regular files and folders cannot be watched: they are always ready. */
export function isAlwaysReady({ inode: { content } }: OpenFile): boolean {
  return alwaysReady.has(content.kind)
}

/** Grows whenever something happens to an open file that a watcher of edges wants to hear of. */
export function activityOf({ inode: { content } }: OpenFile): number {
  if (content.kind === 'special') return content.object.activity
  return content.kind === 'pipe' ? content.pipe.activity : 0
}
