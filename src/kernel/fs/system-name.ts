// SPDX-License-Identifier: MIT
/** What uname(2) and /proc say of the system. */
export const systemName = {
  system: 'Linux',
  node: 'trapline',
  release: '6.18.44',
  version: '#1 SMP PREEMPT_DYNAMIC',
  machine: 'x86_64',
  domain: '(none)',
} as const
