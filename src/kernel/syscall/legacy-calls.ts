// SPDX-License-Identifier: MIT
/**
 * System calls of the 32-bit table (`int $0x80`) that mean the same with 32-bit arguments and no structures: their 64-bit numbers. All others
 * are answered with ENOSYS.
 */
export const legacyCalls: Readonly<Record<number, number>> = {
  1: 60, // exit
  2: 57, // fork
  3: 0, // read
  4: 1, // write
  5: 2, // open
  6: 3, // close
  20: 39, // getpid
  37: 62, // kill
  45: 12, // brk
  64: 110, // getppid
  91: 11, // munmap
  125: 10, // mprotect
  158: 24, // sched_yield
  224: 186, // gettid
  252: 231, // exit_group
  270: 234, // tgkill
}
