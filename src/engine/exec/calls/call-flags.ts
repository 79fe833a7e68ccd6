// SPDX-License-Identifier: MIT

type Bits = readonly (readonly [name: string, bits: number])[]

const open: Bits = [
  ['O_CREAT', 0o100],
  ['O_EXCL', 0o200],
  ['O_NOCTTY', 0o400],
  ['O_TRUNC', 0o1000],
  ['O_APPEND', 0o2000],
  ['O_NONBLOCK', 0o4000],
  ['O_SYNC', 0o4010000],
  ['O_DSYNC', 0o10000],
  ['O_DIRECT', 0o40000],
  ['O_LARGEFILE', 0o100000],
  ['O_TMPFILE', 0o20200000],
  ['O_DIRECTORY', 0o200000],
  ['O_NOFOLLOW', 0o400000],
  ['O_NOATIME', 0o1000000],
  ['O_CLOEXEC', 0o2000000],
  ['O_PATH', 0o10000000],
]
const protection: Bits = [
  ['PROT_READ', 1],
  ['PROT_WRITE', 2],
  ['PROT_EXEC', 4],
  ['PROT_GROWSDOWN', 0x1000000],
]
const mapping: Bits = [
  ['MAP_SHARED_VALIDATE', 3],
  ['MAP_SHARED', 1],
  ['MAP_PRIVATE', 2],
  ['MAP_FIXED', 0x10],
  ['MAP_ANONYMOUS', 0x20],
  ['MAP_GROWSDOWN', 0x100],
  ['MAP_DENYWRITE', 0x800],
  ['MAP_NORESERVE', 0x4000],
  ['MAP_POPULATE', 0x8000],
  ['MAP_STACK', 0x20000],
  ['MAP_FIXED_NOREPLACE', 0x100000],
]

export function openFlags(value: number): string {
  const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'][value & 3]!
  const others = value & ~3
  return others === 0 ? access : `${access}|${names(open, others)}`
}

export function protectionFlags(value: number): string {
  return value === 0 ? 'PROT_NONE' : names(protection, value)
}

export function mappingFlags(value: number): string {
  return names(mapping, value)
}

/** Names of bits, and what has no name in hexadecimal. */
function names(table: Bits, value: number): string {
  const found: string[] = []
  let left = value
  for (const [name, bits] of table) {
    if ((left & bits) !== bits) continue
    found.push(name)
    left &= ~bits
  }
  if (left !== 0 || found.length === 0) found.push(`0x${(left >>> 0).toString(16)}`)
  return found.join('|')
}
