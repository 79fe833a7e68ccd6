// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { FileInode } from '../fs/inode.ts'
import { At, here, object } from './path-arguments.ts'
import { type Call, int, type SystemCall, unsigned } from './system-call.ts'
import { readBytes, readStringBytes, writeBytes } from './user-access.ts'

const How = { CREATE: 1, REPLACE: 2 } as const
const longestName = 255
const largestValue = 65_536
/** First parts of names that files of this kernel may have; `system.` are lists of access, which it has not. */
const spaces = ['user.', 'trusted.', 'security.']

/** How the three forms of each call name a file. */
const ways = [
  { prefix: '', find: (call: Call) => object(call, here, call.arguments[0], 0) },
  { prefix: 'l', find: (call: Call) => object(call, here, call.arguments[0], At.SYMLINK_NOFOLLOW) },
  {
    prefix: 'f',
    find: ({ task, arguments: [fd] }: Call) => task.files.get(int(fd))?.inode ?? -Errno.EBADF,
  },
] as const

const kinds = [
  { first: 188, name: 'setxattr', count: 5, act: set },
  { first: 191, name: 'getxattr', count: 4, act: get },
  { first: 194, name: 'listxattr', count: 3, act: list },
  { first: 197, name: 'removexattr', count: 2, act: remove },
] as const

/** Extended attributes: kept with the files that can be written, and without effect. */
export const attributeCalls: readonly SystemCall[] = kinds.flatMap(({ first, name, count, act }) =>
  ways.map(
    ({ prefix, find }, index): SystemCall => ({
      number: first + index,
      name: `${prefix}${name}`,
      count,
      support: 'full',
      handler: call => {
        const inode = find(call)
        return typeof inode === 'number' ? inode : act(call, inode)
      },
    }),
  ),
)

/** The name of an attribute that may be there, or -errno. */
function nameOf({ task, arguments: [, address] }: Call, inode: FileInode, writes: boolean): string | number {
  const bytes = readStringBytes(task, address, longestName + 1, Errno.ERANGE)
  if (typeof bytes === 'number') return bytes
  if (bytes.length === 0) return -Errno.ERANGE
  const name = new TextDecoder().decode(bytes)
  if (!spaces.some(space => name.startsWith(space))) return -Errno.EOPNOTSUPP
  if (writes && inode.readOnly) return -Errno.EROFS
  const { kind } = inode.content
  if (name.startsWith('user.') && kind !== 'regular' && kind !== 'directory')
    return writes ? -Errno.EPERM : -Errno.ENODATA
  return name
}

function set(call: Call, inode: FileInode): number {
  const { kernel, task, arguments: a } = call
  const how = unsigned(a[4])
  if ((how & ~(How.CREATE | How.REPLACE)) !== 0) return -Errno.EINVAL
  const name = nameOf(call, inode, true)
  if (typeof name === 'number') return name
  if (a[3] > BigInt(largestValue)) return -Errno.E2BIG
  const value = readBytes(task, a[2], Number(a[3]))
  if (!value) return -Errno.EFAULT
  const has = inode.attributes?.has(name) === true
  if (has && (how & How.CREATE) !== 0) return -Errno.EEXIST
  if (!has && (how & How.REPLACE) !== 0) return -Errno.ENODATA
  inode.attributes ??= new Map()
  inode.attributes.set(name, value)
  inode.changeStatus(kernel.timeOfDay)
  return 0
}

function get(call: Call, inode: FileInode): number {
  const name = nameOf(call, inode, false)
  if (typeof name === 'number') return name
  const value = inode.attributes?.get(name)
  return value ? give(call, value, call.arguments[2], call.arguments[3]) : -Errno.ENODATA
}

function list(call: Call, inode: FileInode): number {
  const names = [...(inode.attributes?.keys() ?? [])].map(name => `${name}\0`).join('')
  return give(call, new TextEncoder().encode(names), call.arguments[1], call.arguments[2])
}

function remove(call: Call, inode: FileInode): number {
  const name = nameOf(call, inode, true)
  if (typeof name === 'number') return name
  if (!inode.attributes?.delete(name)) return -Errno.ENODATA
  inode.changeStatus(call.kernel.timeOfDay)
  return 0
}

/** Without room, how much is needed. */
function give({ task }: Call, bytes: Uint8Array, buffer: bigint, room: bigint): number {
  if (room === 0n) return bytes.length
  if (BigInt(bytes.length) > room) return -Errno.ERANGE
  return writeBytes(task, buffer, bytes) || bytes.length
}
