// SPDX-License-Identifier: MIT

/** How a task came to the handlers: by the breakpoint, by an optimised probe's system call, or by the trampoline of return probes. */
export type Arrival = 'breakpoint' | 'call' | 'return'

const fromException = ['irqentry_exit_to_user_mode', 'asm_exc_int3']
const fromSystemCall = ['do_syscall_64', 'entry_SYSCALL_64_after_hwframe']

/** The kernel's functions from the recorder outwards, as the trigger `stacktrace` shows them on Linux 6.18 (spec 07 §8; what the compiler inlines is not there). */
export const kernelFrames: Readonly<Record<Arrival, readonly string[]>> = {
  breakpoint: [
    '__uprobe_trace_func',
    'uprobe_dispatcher',
    'handler_chain',
    'uprobe_notify_resume',
    ...fromException,
  ],
  call: [
    '__uprobe_trace_func',
    'uprobe_dispatcher',
    'handler_chain',
    'handle_syscall_uprobe',
    '__do_sys_uprobe',
    ...fromSystemCall,
  ],
  return: [
    '__uprobe_trace_func',
    'uretprobe_dispatcher',
    'uprobe_handle_trampoline',
    '__do_sys_uretprobe',
    ...fromSystemCall,
  ],
}
