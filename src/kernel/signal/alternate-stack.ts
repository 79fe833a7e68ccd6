// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { AlternateStack, KernelTask } from '../task/kernel-task.ts'

const StackFlag = { ONSTACK: 1, DISABLE: 2 } as const
/** SS_AUTODISARM. */
const autoDisarm = 0x8000_0000
/** Smallest alternate stack (MINSIGSTKSZ). */
const smallest = 2048n

/** Bytes of stack_t. */
export const stackSize = 24

/** Whether the task runs on its alternate stack. */
export function onAlternateStack(task: KernelTask): boolean {
  const { start, size } = task.alternateStack
  const current = task.registers[Register.rsp]!
  return size > 0n && current > start && current - start <= size
}

/** Writes the stack_t that sigaltstack shows: the flags are the state. */
export function writeAlternateStack(view: DataView, offset: number, task: KernelTask): void {
  const { size } = task.alternateStack
  const state = size === 0n ? StackFlag.DISABLE : onAlternateStack(task) ? StackFlag.ONSTACK : 0
  put(view, offset, task.alternateStack, state)
}

/** Writes the stack_t of a signal frame: the flags are those that it was set with (__save_altstack). */
export function saveAlternateStack(view: DataView, offset: number, task: KernelTask): void {
  put(view, offset, task.alternateStack, task.alternateStack.flags)
}

/** Sets the alternate stack from a stack_t (do_sigaltstack): 0 or -errno. */
export function setAlternateStack(task: KernelTask, view: DataView, offset: number): number {
  if (onAlternateStack(task)) return -Errno.EPERM
  const start = view.getBigUint64(offset, true)
  const flags = view.getUint32(offset + 8, true)
  const size = view.getBigUint64(offset + 16, true)
  const mode = flags & ~autoDisarm
  if (mode !== 0 && mode !== StackFlag.ONSTACK && mode !== StackFlag.DISABLE) return -Errno.EINVAL
  if (mode === StackFlag.DISABLE) task.alternateStack = { start: 0n, size: 0n, flags }
  else if (size < smallest) {
    const { alternateStack: old } = task
    return old.start === start && old.size === size && old.flags === flags ? 0 : -Errno.ENOMEM
  } else task.alternateStack = { start, size, flags }
  return 0
}

function put(view: DataView, offset: number, { start, size }: AlternateStack, flags: number): void {
  view.setBigUint64(offset, start, true)
  view.setUint32(offset + 8, flags, true)
  view.setBigUint64(offset + 16, size, true)
}
