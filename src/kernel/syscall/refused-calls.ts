// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { SystemCall } from './system-call.ts'

/** Calls that change the computer, as they answer somebody who has no right to: the machine has nothing to change. */
const names: Readonly<Record<number, readonly [name: string, count: number]>> = {
  101: ['ptrace', 4],
  103: ['syslog', 3],
  153: ['vhangup', 0],
  155: ['pivot_root', 2],
  159: ['adjtimex', 1],
  161: ['chroot', 1],
  163: ['acct', 1],
  164: ['settimeofday', 2],
  165: ['mount', 5],
  166: ['umount2', 2],
  167: ['swapon', 2],
  168: ['swapoff', 1],
  169: ['reboot', 4],
  170: ['sethostname', 2],
  171: ['setdomainname', 2],
  172: ['iopl', 1],
  173: ['ioperm', 3],
  175: ['init_module', 3],
  176: ['delete_module', 2],
  227: ['clock_settime', 2],
  246: ['kexec_load', 4],
  272: ['unshare', 1],
  298: ['perf_event_open', 5],
  305: ['clock_adjtime', 2],
  308: ['setns', 2],
  313: ['finit_module', 3],
  321: ['bpf', 3],
  323: ['userfaultfd', 1],
}

export const refusedCalls: readonly SystemCall[] = Object.entries(names).map(([number, [name, count]]) => ({
  number: Number(number),
  name,
  count,
  support: 'stub',
  note: 'refused with EPERM',
  handler: () => -Errno.EPERM,
}))
