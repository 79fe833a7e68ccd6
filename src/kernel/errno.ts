// SPDX-License-Identifier: MIT
/** Errno values of Linux x86-64, plus the kernel-internal ENOTSUPP that `enable` shows to writers. */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  ENOTBLK: 15,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EMLINK: 31,
  EPIPE: 32,
  EDOM: 33,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENOMSG: 42,
  EIDRM: 43,
  ENODATA: 61,
  EPROTO: 71,
  EOVERFLOW: 75,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  EPROTOTYPE: 91,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  ESOCKTNOSUPPORT: 94,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EINPROGRESS: 115,
  ENOTSUPP: 524,
} as const
/**
 * What an interrupted system call answers inside the kernel, as positive numbers: programs never see them. Delivery of a
 * signal turns them into EINTR or a second try.
 */
export const Restart = {
  /** Again, if the handler was set with SA_RESTART. */
  SYS: 512,
  /** Always again. */
  NOINTR: 513,
  /** Again only when no handler runs. */
  NOHAND: 514,
  /** As NOHAND, but through restart_syscall with the rest of the time. */
  BLOCK: 516,
} as const

export type ErrnoName = keyof typeof Errno

/** `EINVAL` for 22; `errno 999` for a number without a name. */
export function errnoName(value: number): string {
  return Object.entries(Errno).find(([, number]) => number === value)?.[0] ?? `errno ${value}`
}
