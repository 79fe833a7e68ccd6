// SPDX-License-Identifier: MIT
import { Register } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { type AlternateStack, type KernelTask, noAlternateStack } from '../task/kernel-task.ts'

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

/** Writes a stack_t as sigaltstack and signal frames show it. */
export function writeAlternateStack(view: DataView, offset: number, task: KernelTask): void {
  const { start, size } = task.alternateStack
  const state = size === 0n ? StackFlag.DISABLE : onAlternateStack(task) ? StackFlag.ONSTACK : 0
  view.setBigUint64(offset, start, true)
  view.setUint32(offset + 8, state, true)
  view.setBigUint64(offset + 16, size, true)
}

/** A stack_t from a signal frame; one that is not valid means none. */
export function readAlternateStack(view: DataView, offset: number): AlternateStack {
  const parsed = parseAlternateStack(view, offset)
  return typeof parsed === 'number' ? noAlternateStack : parsed
}

/** A stack_t that a program asks for, or -errno. */
export function parseAlternateStack(view: DataView, offset: number): AlternateStack | number {
  const start = view.getBigUint64(offset, true)
  const flags = view.getUint32(offset + 8, true)
  const size = view.getBigUint64(offset + 16, true)
  const mode = flags & ~autoDisarm
  if (mode !== 0 && mode !== StackFlag.ONSTACK && mode !== StackFlag.DISABLE) return -Errno.EINVAL
  if (mode === StackFlag.DISABLE) return noAlternateStack
  return size < smallest ? -Errno.ENOMEM : { start, size, flags }
}
