// SPDX-License-Identifier: MIT
/** RLIMIT_STACK of every process, soft and hard: 8 MiB. It also fixes the mmap base. */
export const stackLimit = 8 * 1024 * 1024
