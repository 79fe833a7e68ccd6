// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { Open, OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { adviseMemory } from '../mm/advise-memory.ts'
import { type AreaFlags, noFlags } from '../mm/area.ts'
import { mapMemory } from '../mm/map-memory.ts'
import { type Move, moveMemory } from '../mm/move-memory.ts'
import { moveBreak } from '../mm/program-break.ts'
import { protectMemory } from '../mm/protect-memory.ts'
import { unmapMemory } from '../mm/unmap-memory.ts'
import { roundUp } from '../mm/unmapped-area.ts'
import { whileChanging } from '../mm/while-changing.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { writeBytes } from './user-access.ts'

const Protect = { READ: 1n, WRITE: 2n, EXEC: 4n, GROWSDOWN: 0x100_0000n, all: 7n } as const
const Map_ = {
  SHARED: 1n,
  PRIVATE: 2n,
  SHARED_VALIDATE: 3n,
  type: 15n,
  FIXED: 0x10n,
  ANONYMOUS: 0x20n,
  GROWSDOWN: 0x100n,
  NORESERVE: 0x4000n,
  FIXED_NOREPLACE: 0x10_0000n,
} as const
const Remap = { MAYMOVE: 1n, FIXED: 2n, DONTUNMAP: 4n } as const

export const memoryCalls: readonly SystemCall[] = [
  { number: 9, name: 'mmap', count: 6, support: 'full', handler: mmap },
  { number: 10, name: 'mprotect', count: 3, support: 'full', handler: mprotect },
  { number: 11, name: 'munmap', count: 2, support: 'full', handler: munmap },
  { number: 12, name: 'brk', count: 1, support: 'full', handler: brk },
  {
    number: 25,
    name: 'mremap',
    count: 5,
    support: 'full',
    handler: mremap,
  },
  {
    number: 26,
    name: 'msync',
    count: 3,
    support: 'stub',
    note: 'mapped pages are the file',
    handler: msync,
  },
  {
    number: 28,
    name: 'madvise',
    count: 3,
    support: 'partial',
    note: 'advice without visible effect is accepted',
    handler: madvise,
  },
  {
    number: 27,
    name: 'mincore',
    count: 3,
    support: 'full',
    handler: incore,
  },
  { number: 151, name: 'mlockall', count: 1, support: 'stub', note: 'nothing is swapped', handler: () => 0 },
  { number: 152, name: 'munlockall', count: 0, support: 'stub', handler: () => 0 },
  { number: 325, name: 'mlock2', count: 3, support: 'stub', note: 'nothing is swapped', handler: () => 0 },
  {
    number: 324,
    name: 'membarrier',
    count: 3,
    support: 'full',
    handler: ({ arguments: [command] }) =>
      int(command) === 0 ? barriers : (int(command) & barriers) === int(command) ? 0 : -Errno.EINVAL,
  },
  { number: 149, name: 'mlock', count: 2, support: 'stub', note: 'nothing is swapped', handler: () => 0 },
  { number: 150, name: 'munlock', count: 2, support: 'stub', handler: () => 0 },
]

/** Commands of membarrier: global and private, each with its registration. One task runs at a time, so there is nothing to do. */
const barriers = 0x1f

function msync({ task, arguments: [address, size, flags] }: Call): number {
  if ((flags & ~7n) !== 0n || (flags & 5n) === 5n) return -Errno.EINVAL
  const range = rangeOf(address, size)
  if (typeof range === 'number') return range
  for (let at = range.start; at < range.end; ) {
    const area = task.mm!.vmaAt(at)
    if (!area) return -Errno.ENOMEM
    at = area.end
  }
  return 0
}

function incore({ task, arguments: [address, size, vector] }: Call): number {
  const range = rangeOf(address, size)
  if (typeof range === 'number') return range
  const mm = task.mm!
  const pages = (range.end - range.start) / pageSize
  if (pages > 1 << 20) return -Errno.ENOMEM
  const states = new Uint8Array(pages)
  for (let page = 0; page < pages; page++) {
    const at = range.start + page * pageSize
    if (!mm.vmaAt(at)) return -Errno.ENOMEM
    states[page] = mm.table.get(at / pageSize) ? 1 : 0
  }
  return writeBytes(task, vector, states)
}

function* mmap({ kernel, task, arguments: a }: Call): KernelPath<number> {
  const [address, size, protect, flags, descriptor, offset] = a
  const mm = task.mm!
  const anonymous = (flags & Map_.ANONYMOUS) !== 0n
  const file = anonymous ? undefined : task.files.get(int(descriptor))
  if (!anonymous && !file) return -Errno.EBADF
  if (offset % BigInt(pageSize) !== 0n || size === 0n) return -Errno.EINVAL
  if (size > BigInt(userEnd)) return -Errno.ENOMEM
  const length = roundUp(Number(size))
  const type = flags & Map_.type
  const shared = type === Map_.SHARED || type === Map_.SHARED_VALIDATE
  if (!shared && type !== Map_.PRIVATE) return -Errno.EINVAL
  const zero = file?.inode.content.kind === 'device' && file.inode.content.device === 'zero'
  const mapped = file && !zero ? file : undefined
  const areaFlags = flagsOf(protect, flags, shared, mapped)
  if (typeof areaFlags === 'number') return areaFlags
  const start = placeOf(mm, Number(address), length, flags)
  if (start < 0) return start
  const backing = mapped ?? (shared ? sharedMemory(kernel, length) : undefined)
  const mapping = { start, length, flags: areaFlags, file: backing, offset: mapped ? Number(offset) : 0 }
  const problem = yield* whileChanging(mm, mapMemory(mm, mapping))
  return problem < 0 ? problem : start
}

function placeOf(
  mm: NonNullable<Call['task']['mm']>,
  address: number,
  length: number,
  flags: bigint,
): number {
  const exact = (flags & (Map_.FIXED | Map_.FIXED_NOREPLACE)) !== 0n
  if (!exact) return mm.unmappedArea(address - (address % pageSize), length) ?? -Errno.ENOMEM
  if (address % pageSize !== 0) return -Errno.EINVAL
  if (address + length > userEnd) return -Errno.ENOMEM
  if (address < 0x10000) return -Errno.EPERM
  if ((flags & Map_.FIXED_NOREPLACE) === 0n) return address
  const above = mm.areaEndingAbove(address)
  return above && above.start < address + length ? -Errno.EEXIST : address
}

/** Rights now and rights that may be asked for later, from how the file was opened. */
function flagsOf(
  protect: bigint,
  flags: bigint,
  shared: boolean,
  file: OpenFile | undefined,
): AreaFlags | number {
  if (file) {
    if (!file.readable) return -Errno.EACCES
    if (shared && (protect & Protect.WRITE) !== 0n && !file.writable) return -Errno.EACCES
    if (!file.inode.regular) return -Errno.ENODEV
  }
  const write = (protect & Protect.WRITE) !== 0n
  const noReserve = (flags & Map_.NORESERVE) !== 0n
  return {
    ...noFlags,
    read: (protect & Protect.READ) !== 0n,
    write,
    execute: (protect & Protect.EXEC) !== 0n,
    shared,
    mayRead: true,
    mayWrite: !shared || !file || file.writable,
    mayExecute: true,
    growsDown: (flags & Map_.GROWSDOWN) !== 0n && !file,
    account: write && !shared && !noReserve,
    noReserve,
  }
}

/** The file without a name behind shared anonymous memory. */
function sharedMemory(kernel: Call['kernel'], length: number): OpenFile {
  const inode: FileInode = kernel.files.anonymous('/dev/zero (deleted)', 0o600, { kind: 'regular' })
  inode.truncate(length)
  return new OpenFile(inode, inode.path, Open.readWrite)
}

function* mprotect({ task, arguments: [address, size, protect] }: Call): KernelPath<number> {
  if ((protect & ~(Protect.all | Protect.GROWSDOWN)) !== 0n) return -Errno.EINVAL
  const range = rangeOf(address, size)
  if (typeof range === 'number') return range
  if (range.end === range.start) return 0
  let { start } = range
  if ((protect & Protect.GROWSDOWN) !== 0n) {
    const area = task.mm!.vmaAt(start)
    if (!area?.flags.growsDown) return -Errno.EINVAL
    start = area.start
  }
  const rights = {
    read: (protect & Protect.READ) !== 0n,
    write: (protect & Protect.WRITE) !== 0n,
    execute: (protect & Protect.EXEC) !== 0n,
  }
  return yield* whileChanging(task.mm!, protectMemory(task.mm!, start, range.end, rights))
}

function* munmap({ task, arguments: [address, size] }: Call): KernelPath<number> {
  const range = rangeOf(address, size)
  if (typeof range === 'number' || range.end === range.start || range.end > userEnd) return -Errno.EINVAL
  return yield* whileChanging(task.mm!, unmapMemory(task.mm!, range.start, range.end))
}

function* brk({ task, arguments: [address] }: Call): KernelPath<number> {
  return yield* whileChanging(task.mm!, moveBreak(task.mm!, Number(address)))
}

function* mremap({ task, arguments: a }: Call): KernelPath<number> {
  const [address, oldSize, newSize, flags, target] = a
  const fixed = (flags & Remap.FIXED) !== 0n
  const keeps = (flags & Remap.DONTUNMAP) !== 0n
  const mayMove = (flags & Remap.MAYMOVE) !== 0n
  if (flags > 7n || ((fixed || keeps) && !mayMove)) return -Errno.EINVAL
  if (address % BigInt(pageSize) !== 0n || newSize === 0n) return -Errno.EINVAL
  if ((fixed || keeps) && target % BigInt(pageSize) !== 0n) return -Errno.EINVAL
  if (newSize > BigInt(userEnd) || oldSize > BigInt(userEnd)) return -Errno.EINVAL
  const [oldLength, newLength] = [roundUp(Number(oldSize)), roundUp(Number(newSize))]
  if (keeps && oldLength !== newLength) return -Errno.EINVAL
  const move: Move = {
    ...{ start: Number(address), oldLength, newLength, mayMove, keeps },
    ...(fixed || keeps ? { target: { at: Number(target), fixed } } : {}),
  }
  return yield* whileChanging(task.mm!, moveMemory(task.mm!, move))
}

function* madvise({ task, arguments: [address, size, advice] }: Call): KernelPath<number> {
  const range = rangeOf(address, size)
  if (typeof range === 'number') return -Errno.EINVAL
  return yield* adviseMemory(task.mm!, range.start, range.end, int(advice))
}

/** A range of whole pages; -EINVAL when it does not begin at one, -ENOMEM when it wraps. */
function rangeOf(address: bigint, size: bigint): { readonly start: number; readonly end: number } | number {
  if (address % BigInt(pageSize) !== 0n) return -Errno.EINVAL
  const start = Number(address)
  const end = start + roundUp(Number(size))
  return end >= 2 ** 64 ? -Errno.ENOMEM : { start, end }
}
