// SPDX-License-Identifier: MIT
/** The design choices of a kernel (scenario format §5): name, values, and whether this version can run each value. */
export type KernelProfile = {
  readonly name: string
  readonly trap: 'die-notifier' | 'signal'
  readonly handlers: 'notifier' | 'resume'
  readonly 'handler-order': 'oldest-first' | 'newest-first'
  readonly execute: 'xol' | 'inline' | 'emulate' | 'rings' | 'boost'
  readonly emulated: 'none' | 'nops' | 'branches-and-push'
  readonly insert: 'page-flip' | 'quiesce'
  readonly lifetime: 'process' | 'vma' | 'file'
  readonly 'suitable-vma': 'read-exec' | 'may-exec'
  readonly definitions: 'vaddr-pid' | 'path-offset'
  readonly 'refusal-errno': 'EPERM' | 'ENOTSUPP'
  readonly output: 'trace-events' | 'ftrace-plugin'
  readonly optimize: 'none' | 'nop5' | 'nop10'
  readonly 'return-trampoline': 'none' | 'int3' | 'syscall'
  readonly xol: { readonly slots: number; readonly 'slot-size': number; readonly owner: 'hit' | 'thread' }
  readonly 'signals-while-stepping': 'deny' | 'deliver'
}

export const profiles = {
  'linux-6.18': {
    name: 'linux-6.18',
    trap: 'die-notifier',
    handlers: 'resume',
    'handler-order': 'newest-first',
    execute: 'xol',
    emulated: 'branches-and-push',
    insert: 'page-flip',
    lifetime: 'file',
    'suitable-vma': 'may-exec',
    definitions: 'path-offset',
    'refusal-errno': 'ENOTSUPP',
    output: 'trace-events',
    optimize: 'nop5',
    'return-trampoline': 'syscall',
    xol: { slots: 32, 'slot-size': 128, owner: 'hit' },
    'signals-while-stepping': 'deny',
  },
} as const satisfies Record<string, KernelProfile>

export type ProfileName = keyof typeof profiles
