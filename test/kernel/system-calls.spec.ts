// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import { callName } from '../../src/kernel/syscall/call-names.ts'
import { legacyCalls } from '../../src/kernel/syscall/legacy-calls.ts'
import { systemCalls } from '../../src/kernel/syscall/system-calls.ts'

/** Calls of the measured guests: C libraries at start-up and with threads, and busybox. */
const needed =
  'read write open openat close newfstatat fstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn ioctl ' +
  'pread64 writev access pipe pipe2 sched_yield mremap madvise dup dup2 nanosleep getpid socket connect clone clone3 fork vfork execve exit ' +
  'wait4 kill uname fcntl getcwd chdir readlink sysinfo getuid getgid geteuid getegid getppid getpgrp sigaltstack statfs prctl arch_prctl ' +
  'gettid getxattr lgetxattr futex sched_getaffinity set_tid_address getdents64 fadvise64 clock_gettime exit_group tgkill set_robust_list ' +
  'prlimit64 getrandom statx rseq getpeername'

describe('the table of system calls', () => {
  it('calls every number by its name', () => {
    for (const [number, { name }] of systemCalls) expect(callName(number), `number ${number}`).to.equal(name)
  })

  it('takes up to six arguments, and says what a part of a call leaves out', () => {
    for (const { name, count, support, note } of systemCalls.values()) {
      expect(count, name).to.be.within(0, 6)
      if (support === 'partial') expect(note, name).to.be.a('string')
    }
  })

  it('has what C libraries and busybox ask for', () => {
    const names = new Set([...systemCalls.values()].map(({ name }) => name))
    expect(needed.split(' ').filter(name => !names.has(name))).to.deep.equal([])
  })

  it('is what 32-bit numbers lead to', () => {
    for (const number of Object.values(legacyCalls)) expect(systemCalls.has(number)).to.equal(true)
  })
})
