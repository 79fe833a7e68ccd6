// SPDX-License-Identifier: MIT

/**
 * How an argument is shown. `out` ones are read when the call is done; `bytes` has its length in the argument behind it, `out-bytes` in
 * the result, `out-text` ends with NUL.
 */
export type ArgumentKind =
  | 'number'
  | 'size'
  | 'pointer'
  | 'hexadecimal'
  | 'octal'
  | 'folder'
  | 'text'
  | 'texts'
  | 'variables'
  | 'bytes'
  | 'out-bytes'
  | 'out-text'
  | 'open-flags'
  | 'mode'
  | 'protection'
  | 'mapping'
  | 'signal'

const words: Readonly<Record<string, ArgumentKind>> = {
  n: 'number',
  z: 'size',
  p: 'pointer',
  x: 'hexadecimal',
  o: 'octal',
  at: 'folder',
  s: 'text',
  argv: 'texts',
  env: 'variables',
  in: 'bytes',
  out: 'out-bytes',
  cwd: 'out-text',
  open: 'open-flags',
  mode: 'mode',
  prot: 'protection',
  map: 'mapping',
  sig: 'signal',
}

/** Calls with arguments that are more than numbers. All others are shown as numbers, large ones as addresses. */
const signatures: Readonly<Record<string, string>> = {
  read: 'n out z',
  write: 'n in z',
  open: 's open mode',
  stat: 's p',
  fstat: 'n p',
  lstat: 's p',
  mmap: 'p z prot map n x',
  mprotect: 'p z prot',
  munmap: 'p z',
  brk: 'p',
  rt_sigaction: 'sig p p z',
  pread64: 'n out z z',
  pwrite64: 'n in z z',
  access: 's n',
  execve: 's argv env',
  kill: 'n sig',
  truncate: 's z',
  getcwd: 'cwd z',
  chdir: 's',
  rename: 's s',
  mkdir: 's o',
  rmdir: 's',
  creat: 's o',
  link: 's s',
  unlink: 's',
  symlink: 's s',
  readlink: 's out z',
  chmod: 's o',
  fchmod: 'n o',
  chown: 's n n',
  lchown: 's n n',
  umask: 'o',
  statfs: 's p',
  arch_prctl: 'x p',
  getxattr: 's s p z',
  lgetxattr: 's s p z',
  tkill: 'n sig',
  tgkill: 'n n sig',
  openat: 'at s open mode',
  mkdirat: 'at s o',
  fchownat: 'at s n n n',
  newfstatat: 'at s p n',
  unlinkat: 'at s n',
  renameat: 'at s at s',
  renameat2: 'at s at s n',
  linkat: 'at s at s n',
  symlinkat: 's at s',
  readlinkat: 'at s out z',
  fchmodat: 'at s o',
  fchmodat2: 'at s o n',
  faccessat: 'at s n',
  faccessat2: 'at s n n',
  utimensat: 'at s p n',
  getrandom: 'out z n',
  memfd_create: 's n',
  statx: 'at s n n p',
  sendto: 'n in z n p n',
  recvfrom: 'n out z n p p',
}

const parsed = new Map(
  Object.entries(signatures).map(([name, text]) => [name, text.split(' ').map(word => words[word]!)]),
)

export function signatureOf(name: string): readonly ArgumentKind[] {
  return parsed.get(name) ?? []
}
