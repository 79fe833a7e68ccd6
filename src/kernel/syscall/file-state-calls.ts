// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { At, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readView } from './user-access.ts'

const Time = { NOW: 0x3fff_ffffn, OMIT: 0x3fff_fffen } as const
const nothingWaits = 'nothing waits to be written'

export const fileStateCalls: readonly SystemCall[] = [
  {
    number: 76,
    name: 'truncate',
    count: 2,
    support: 'full',
    handler: call => {
      const inode = object(call, here, call.arguments[0], 0)
      return typeof inode === 'number' ? inode : resize(call, inode, call.arguments[1])
    },
  },
  { number: 162, name: 'sync', count: 0, support: 'stub', note: nothingWaits, handler: () => 0 },
  { number: 187, name: 'readahead', count: 3, support: 'stub', handler: needsFile },
  { number: 277, name: 'sync_file_range', count: 4, support: 'stub', note: nothingWaits, handler: needsFile },
  { number: 306, name: 'syncfs', count: 1, support: 'stub', note: nothingWaits, handler: needsFile },
  {
    number: 285,
    name: 'fallocate',
    count: 4,
    support: 'partial',
    note: 'growing, KEEP_SIZE, PUNCH_HOLE and ZERO_RANGE',
    handler: allocate,
  },
  {
    number: 132,
    name: 'utime',
    count: 2,
    support: 'full',
    handler: call => touch(call, 'seconds'),
  },
  {
    number: 235,
    name: 'utimes',
    count: 2,
    support: 'full',
    handler: call => touch(call, 'micro'),
  },
  {
    number: 261,
    name: 'futimesat',
    count: 3,
    support: 'full',
    handler: call => touch(call, 'micro', call.arguments[0], call.arguments[1]),
  },
  { number: 280, name: 'utimensat', count: 4, support: 'full', handler: utimensat },
]

function needsFile({ task, arguments: [fd] }: Call): number {
  return task.files.get(int(fd)) ? 0 : -Errno.EBADF
}

function resize({ kernel }: Call, inode: FileInode, size: bigint): number {
  if (inode.content.kind === 'directory') return -Errno.EISDIR
  if (!inode.regular || size >= 1n << 40n) return -Errno.EINVAL
  if (inode.readOnly) return -Errno.EROFS
  if (!kernel.chargeFile(inode, Number(size))) return -Errno.ENOSPC
  inode.truncate(Number(size))
  inode.changed = kernel.timeOfDay
  return 0
}

const Allocate = { KEEP_SIZE: 1, PUNCH_HOLE: 2, ZERO_RANGE: 16 } as const

function allocate({ kernel, task, arguments: [fd, mode, offset, length] }: Call): number {
  const file = task.files.get(int(fd))
  if (!file?.writable) return -Errno.EBADF
  const { inode } = file
  if (!inode.regular) return inode.content.kind === 'pipe' ? -Errno.ESPIPE : -Errno.ENODEV
  const how = int(mode)
  const [start, size] = [BigInt.asIntN(64, offset), BigInt.asIntN(64, length)]
  if (start < 0n || size <= 0n) return -Errno.EINVAL
  if ((how & ~(Allocate.KEEP_SIZE | Allocate.PUNCH_HOLE | Allocate.ZERO_RANGE)) !== 0)
    return -Errno.EOPNOTSUPP
  if (how === Allocate.PUNCH_HOLE) return -Errno.EOPNOTSUPP
  if (start + size >= 1n << 40n) return -Errno.EFBIG
  const end = Number(start + size)
  const grows = (how & Allocate.KEEP_SIZE) === 0 && end > inode.size
  if (grows && !kernel.chargeFile(inode, end)) return -Errno.ENOSPC
  if (grows) inode.truncate(end)
  const zeroes = (how & (Allocate.PUNCH_HOLE | Allocate.ZERO_RANGE)) !== 0
  const last = Math.min(end, inode.size)
  if (zeroes && last > Number(start)) inode.write(Number(start), new Uint8Array(last - Number(start)))
  inode.changed = kernel.timeOfDay
  return 0
}

type Times = { readonly accessed: bigint | undefined; readonly changed: bigint | undefined }

/** utime, utimes and futimesat: struct utimbuf, or two of struct timeval. Address 0 is now. */
function touch(call: Call, unit: 'seconds' | 'micro', folder = here, path = call.arguments[0]): number {
  const { kernel, task, arguments: a } = call
  const address = unit === 'micro' && folder !== here ? a[2] : a[1]
  const inode = object(call, folder, path, 0)
  if (typeof inode === 'number') return inode
  if (address === 0n) return setTimes(call, inode, { accessed: kernel.timeOfDay, changed: kernel.timeOfDay })
  const size = unit === 'seconds' ? 8 : 16
  const view = readView(task, address, size * 2)
  if (!view) return -Errno.EFAULT
  const [accessed, changed] = [0, size].map(at => {
    const micro = unit === 'seconds' ? 0n : view.getBigInt64(at + 8, true)
    if (micro < 0n || micro >= 1_000_000n) return undefined
    return view.getBigInt64(at, true) * 1_000_000_000n + micro * 1000n
  })
  if (accessed === undefined || changed === undefined) return -Errno.EINVAL
  return setTimes(call, inode, { accessed, changed })
}

/** A null path means the descriptor itself. */
function utimensat(call: Call): number {
  const { kernel, task, arguments: a } = call
  const flags = unsigned(a[3])
  const inode =
    a[1] === 0n
      ? (task.files.get(int(a[0]))?.inode ?? -Errno.EBADF)
      : object(call, a[0], a[1], flags & (At.SYMLINK_NOFOLLOW | At.EMPTY_PATH))
  if (typeof inode === 'number') return inode
  const now = kernel.timeOfDay
  if (a[2] === 0n) return setTimes(call, inode, { accessed: now, changed: now })
  const view = readView(task, a[2], 32)
  if (!view) return -Errno.EFAULT
  const [accessed, changed] = [readTime(view, 0, now), readTime(view, 16, now)]
  if (accessed === 'invalid' || changed === 'invalid') return -Errno.EINVAL
  return accessed === undefined && changed === undefined ? 0 : setTimes(call, inode, { accessed, changed })
}

/** A struct timespec; undefined: that time is left. */
function readTime(view: DataView, at: number, now: bigint): bigint | 'invalid' | undefined {
  const rest = view.getBigInt64(at + 8, true)
  if (rest === Time.OMIT) return undefined
  if (rest === Time.NOW) return now
  if (rest < 0n || rest >= 1_000_000_000n) return 'invalid'
  return view.getBigInt64(at, true) * 1_000_000_000n + rest
}

function setTimes({ kernel }: Call, inode: FileInode, { accessed, changed }: Times): number {
  if (inode.readOnly) return -Errno.EROFS
  inode.setTimes(accessed, changed, kernel.timeOfDay)
  return 0
}
