// SPDX-License-Identifier: MIT
import type { Kernel, Task } from '../kernel/kernel.ts'

/**
 * Bugs of Linux 6.18 that are modelled (spec 10), and what is said where one shows. Those that have no moment of their own (a column that
 * is always wrong, a lenient parser) are here for whoever looks a number up.
 */
export const knownBugs = {
  B1: 'a vector instruction is taken for the one-byte instruction of the same number, and not executed as what it is',
  B2: 'the child has the call of an optimised probe, but not the trampoline that it calls',
  B3: 'one of several places of an enabled event is freed, and its consumer stays registered',
  B4: 'the call of an optimised probe has overwritten bytes below the stack pointer that the program reads next',
  B5: 'a breakpoint trap of `int 3` as two bytes is taken for one byte: execution goes on inside the instruction',
  B6: "the program's own breakpoint is reported with a stale trap number instead of 3",
  B7: 'the reference counter would go below zero, so the breakpoint stays and the probe leaks',
  B8: 'an inner pointer cannot be read, and the argument shows what an earlier event left in the buffer',
  B9: 'a constant text is read as a user pointer, so the argument shows a fault',
  B10: 'on preemptible kernels the flags column of every event is `DBZff`',
  B11: 'the trap flag of the single-step has leaked into what the program sees of its flags',
  B12: 'an instruction is analysed once, with the mode of the first process that maps it',
  B13: 'the instruction behind a probed system call has been executed in the slot too',
  B14: 'the breakpoint stands in the middle of an instruction and changes an operand',
  B15: 'a page with a breakpoint has been dropped, and nothing puts the breakpoint back',
  B16: 'a mapping that nobody can execute gets the breakpoint too',
  B17: 'the parser of definitions lets through what it does not understand',
  B18: 'an exchange of registers is taken for a nop, and lost',
  B19: 'a breakpoint that is there already is adopted, and will be removed as if it were the own one',
  B20: 'the text goes, and its reference counter is never lowered again',
  B21: 'a definition with another reference counter is refused without a word in the error log',
  B22: 'names of fields point into freed memory after the first of several places is deleted',
  B23: 'a filter on an array of numbers never matches',
  B24: 'reading an instruction from a page that is not cached yet raises a warning of the file system',
  B25: 'a return that was pending has been dropped as if longjmp had left it, because another stack lies above',
  B26: 'enabling an event that perf holds fails with EINTR, which programs retry for ever',
  B27: 'a fault of a stepped instruction is reported with a stale trap number',
  B28: "the program's own trap flag gives a SIGTRAP that looks as if the process had sent it to itself",
} as const satisfies Record<string, string>

/** Those after which there is no kernel any more. */
export const crashingBugs: readonly BugName[] = ['B3']

export type BugName = keyof typeof knownBugs

/** Where a bug shows. */
export type BugPlace = {
  /** Absent: at whoever runs kernel code now. */
  readonly task?: Task
  readonly probe?: string
  readonly ip?: bigint
  /** Instead of the sentence of the table. */
  readonly note?: string
}

/** Records that a bug shows here. It is never a point where another task may run, so naming a bug changes nothing else. */
export function recordBug(
  kernel: Pick<Kernel, 'records' | 'record' | 'locate' | 'currentName'>,
  bug: BugName,
  { task, probe, ip, note = knownBugs[bug] }: BugPlace = {},
): void {
  if (!kernel.records('bug')) return
  kernel.record({
    kind: 'bug',
    thread: task?.name ?? kernel.currentName(),
    fields: {
      bug,
      ...(probe !== undefined && { probe }),
      ...(task && ip !== undefined && { ip: kernel.locate(task, ip) }),
      note,
    },
  })
}
