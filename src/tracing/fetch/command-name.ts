// SPDX-License-Identifier: MIT
import type { Task } from '../../kernel/kernel.ts'

/** Bytes of a task's name with its NUL. */
export const commandSize = 16

/** A task's name as the kernel keeps it: Latin-1, cut at fifteen bytes, zeros behind it. */
export function commandName(task: Task): Uint8Array {
  const bytes = new Uint8Array(commandSize)
  const text = task.command.slice(0, commandSize - 1)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}
