// SPDX-License-Identifier: MIT
import { type KernelProfile, type ProfileName, profiles } from '../uprobes/profile.ts'

/** Every design choice and its values (scenario format §5). */
export const kernelChoices = {
  trap: ['die-notifier', 'signal'],
  handlers: ['notifier', 'resume'],
  'handler-order': ['oldest-first', 'newest-first'],
  execute: ['xol', 'inline', 'emulate', 'rings', 'boost'],
  emulated: ['none', 'nops', 'branches-and-push'],
  nops: ['by-opcode', 'by-meaning'],
  insert: ['page-flip', 'quiesce'],
  lifetime: ['process', 'vma', 'file'],
  fork: ['shares', 'restores', 'inherits'],
  instructions: ['2010', '6.18'],
  'suitable-vma': ['read-exec', 'may-exec'],
  definitions: ['vaddr-pid', 'path-offset'],
  'refusal-errno': ['EPERM', 'ENOTSUPP'],
  output: ['trace-events', 'ftrace-plugin'],
  optimize: ['none', 'nop5', 'nop10'],
  'call-trampolines': ['listed', 'mapped'],
  'uprobe-call-errno': ['ENXIO', 'EPROTO'],
  'return-trampoline': ['none', 'int3', 'syscall'],
  'signals-while-stepping': ['deny', 'deliver'],
  'own-trap': ['raised', 'swallowed'],
} as const satisfies {
  readonly [C in Exclude<keyof KernelProfile, 'name' | 'xol'>]: readonly KernelProfile[C][]
}

export const profileNames = Object.keys(profiles) as readonly ProfileName[]
export const defaultProfile = 'linux-6.18'
