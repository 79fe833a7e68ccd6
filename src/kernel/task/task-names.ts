// SPDX-License-Identifier: MIT
import type { KernelTask } from './kernel-task.ts'

/**
 * Name of a task that `creator` makes (scenario format §2): threads are called as the start of the program says, then `NAME.1`, `NAME.2`;
 * child processes are `NAME/1`, `NAME/2`.
 */
export function childName(creator: KernelTask, thread: boolean): string {
  if (!thread) return `${creator.name}/${++creator.children}`
  const made = creator.threads++
  const { threadNames } = creator
  return threadNames[made] ?? `${creator.name}.${made - threadNames.length + 1}`
}
