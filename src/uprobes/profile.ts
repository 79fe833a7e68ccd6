// SPDX-License-Identifier: MIT
/** The design choices of a kernel (scenario format §5). */
export type KernelProfile = {
  readonly name: string
  readonly trap: 'die-notifier' | 'signal'
  readonly handlers: 'notifier' | 'resume'
  readonly 'handler-order': 'oldest-first' | 'newest-first'
  readonly execute: 'xol' | 'inline' | 'emulate' | 'rings' | 'boost'
  readonly emulated: 'none' | 'nops' | 'branches-and-push'
  readonly nops: 'by-opcode' | 'by-meaning'
  readonly insert: 'page-flip' | 'quiesce'
  readonly lifetime: 'process' | 'vma' | 'file'
  /** What becomes of breakpoints in the text that fork copies. */
  readonly fork: 'shares' | 'restores' | 'inherits'
  /** Which instructions are refused, and how operands relative to the instruction pointer are rewritten. */
  readonly instructions: '2010' | '6.18'
  readonly 'suitable-vma': 'read-exec' | 'may-exec'
  readonly definitions: 'vaddr-pid' | 'path-offset'
  readonly 'refusal-errno': 'EPERM' | 'ENOTSUPP'
  readonly output: 'trace-events' | 'ftrace-plugin'
  readonly optimize: 'none' | 'nop5' | 'nop10'
  /** What the pages are that optimised probes call: lost by fork and remembered in a list, or copied by fork and found among the mappings. */
  readonly 'call-trampolines': 'listed' | 'mapped'
  /** What system call 336 answers to whoever is no such page. */
  readonly 'uprobe-call-errno': 'ENXIO' | 'EPROTO'
  readonly 'return-trampoline': 'none' | 'int3' | 'syscall'
  readonly xol: { readonly slots: number; readonly 'slot-size': number; readonly owner: 'hit' | 'thread' }
  readonly 'signals-while-stepping': 'deny' | 'deliver'
  /** What becomes of the single-step trap behind a probed instruction that a program's own trap flag asks for. */
  readonly 'own-trap': 'raised' | 'swallowed'
}

export const profiles = {
  /** The patches that the discussion of January 2010 is about (spec 08 §1, what was before). */
  'v1-2010': {
    name: 'v1-2010',
    trap: 'signal',
    handlers: 'resume',
    'handler-order': 'oldest-first',
    execute: 'xol',
    emulated: 'none',
    nops: 'by-opcode',
    insert: 'quiesce',
    lifetime: 'process',
    fork: 'restores',
    instructions: '2010',
    'suitable-vma': 'read-exec',
    definitions: 'vaddr-pid',
    'refusal-errno': 'EPERM',
    output: 'ftrace-plugin',
    optimize: 'none',
    'call-trampolines': 'listed',
    'uprobe-call-errno': 'ENXIO',
    'return-trampoline': 'none',
    xol: { slots: 32, 'slot-size': 128, owner: 'thread' },
    'signals-while-stepping': 'deliver',
    'own-trap': 'swallowed',
  },
  /** What its author promises there for the next version (spec 08). */
  'v2-2010': {
    name: 'v2-2010',
    trap: 'die-notifier',
    handlers: 'notifier',
    'handler-order': 'oldest-first',
    execute: 'xol',
    emulated: 'nops',
    nops: 'by-opcode',
    insert: 'page-flip',
    lifetime: 'vma',
    fork: 'restores',
    instructions: '2010',
    'suitable-vma': 'read-exec',
    definitions: 'vaddr-pid',
    'refusal-errno': 'EPERM',
    output: 'trace-events',
    optimize: 'none',
    'call-trampolines': 'listed',
    'uprobe-call-errno': 'ENXIO',
    'return-trampoline': 'none',
    xol: { slots: 32, 'slot-size': 128, owner: 'thread' },
    'signals-while-stepping': 'deliver',
    'own-trap': 'swallowed',
  },
  'linux-6.18': {
    name: 'linux-6.18',
    trap: 'die-notifier',
    handlers: 'resume',
    'handler-order': 'newest-first',
    execute: 'xol',
    emulated: 'branches-and-push',
    nops: 'by-opcode',
    insert: 'page-flip',
    lifetime: 'file',
    fork: 'shares',
    instructions: '6.18',
    'suitable-vma': 'may-exec',
    definitions: 'path-offset',
    'refusal-errno': 'ENOTSUPP',
    output: 'trace-events',
    optimize: 'nop5',
    'call-trampolines': 'listed',
    'uprobe-call-errno': 'ENXIO',
    'return-trampoline': 'syscall',
    xol: { slots: 32, 'slot-size': 128, owner: 'hit' },
    'signals-while-stepping': 'deny',
    'own-trap': 'raised',
  },
  /** What was published later than 6.18 and changes what a program or a tracer sees: bugs B2, B4 and B18 are mended. */
  'linux-7.2': {
    name: 'linux-7.2',
    trap: 'die-notifier',
    handlers: 'resume',
    'handler-order': 'newest-first',
    execute: 'xol',
    emulated: 'branches-and-push',
    nops: 'by-meaning',
    insert: 'page-flip',
    lifetime: 'file',
    fork: 'shares',
    instructions: '6.18',
    'suitable-vma': 'may-exec',
    definitions: 'path-offset',
    'refusal-errno': 'ENOTSUPP',
    output: 'trace-events',
    optimize: 'nop10',
    'call-trampolines': 'mapped',
    'uprobe-call-errno': 'EPROTO',
    'return-trampoline': 'syscall',
    xol: { slots: 32, 'slot-size': 128, owner: 'hit' },
    'signals-while-stepping': 'deny',
    'own-trap': 'raised',
  },
} as const satisfies Record<string, KernelProfile>

export type ProfileName = keyof typeof profiles
