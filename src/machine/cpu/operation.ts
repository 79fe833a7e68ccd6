// SPDX-License-Identifier: MIT
/**
 * What a decoded instruction is: a closure that does it and says how it went. Operations return the numbers below as
 * literals where speed matters.
 */
export type Operation = () => number

export const Outcome = {
  /** Done; the next operation of the block follows. */
  next: 0,
  /** Not done: an exception has been recorded with `CpuState.raise`, and nothing that the program can see has changed. */
  fault: -1,
  /** Not done: the block's code has been replaced, look it up again. */
  stale: -2,
  /** Not done: the machine does not know the instruction. */
  missing: -3,
  /** A trap has been recorded: the instruction does not count, but rip goes behind it. */
  trap: -4,
  /** Done, and the block's direct branch is taken. */
  taken: 1,
  /** Done, and execution goes on behind the block. */
  fall: 2,
  /** Done, and rip has been written. */
  jump: 3,
  /** Done: a system call. */
  syscall: 4,
  /** `CpuState.iterations` iterations of a string instruction done, and rip stays on it. */
  again: 5,
  /** Done, and rflags has been replaced: TF may be set. */
  flags: 6,
  /** The block ended without a branch; this was no instruction. */
  end: 7,
  /** Done but for the time stamp, which the processor's loop writes to rdx:rax. */
  clock: 8,
  /** Done: rip and rflags have been replaced. */
  returned: 9,
} as const
