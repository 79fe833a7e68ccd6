// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { Open, OpenFile } from '../fs/open-file.ts'
import type { KernelPath } from '../kernel.ts'
import { noFlags } from '../mm/area.ts'
import { mapMemory } from '../mm/map-memory.ts'
import type { Mm } from '../mm/mm.ts'
import { unmapMemory } from '../mm/unmap-memory.ts'
import { whileChanging } from '../mm/while-changing.ts'
import { commandOf, fillPermissions, Ipc, type IpcObject, seconds, setPermissions } from './ipc-objects.ts'
import { type Call, type SystemCall, unsigned } from './system-call.ts'
import { writeStructure } from './user-access.ts'

/** A segment: a file without a name, which every process maps that has attached it. */
export type SharedSegment = IpcObject & {
  readonly file: OpenFile
  readonly size: number
  readonly creator: number
  lastUser: number
  attached: bigint
  detached: bigint
}

const Attach = { RDONLY: 0o10000, RND: 0o20000, REMAP: 0o40000, EXEC: 0o100000 } as const
const Control = { LOCK: 11, UNLOCK: 12 } as const
/** SHM_DEST in the mode that IPC_STAT shows. */
const toBeRemoved = 0o1000

export const sharedMemoryCalls: readonly SystemCall[] = [
  { number: 29, name: 'shmget', count: 3, support: 'full', handler: get },
  { number: 30, name: 'shmat', count: 3, support: 'full', handler: attach },
  {
    number: 31,
    name: 'shmctl',
    count: 3,
    support: 'partial',
    note: 'IPC_STAT, IPC_SET, IPC_RMID; locking does nothing',
    handler: control,
  },
  { number: 67, name: 'shmdt', count: 1, support: 'full', handler: detach },
]

function get({ kernel, task, arguments: [key, size, flags] }: Call): number {
  const bytes = Number(size)
  return kernel.ipc.segments.open(kernel, key, unsigned(flags), {
    make(common) {
      if (bytes === 0 || bytes > userEnd) return -Errno.EINVAL
      const path = `/SYSV${(common.key >>> 0).toString(16).padStart(8, '0')} (deleted)`
      const inode = kernel.files.anonymous(path, common.mode, { kind: 'regular' })
      if (!kernel.chargeFile(inode, bytes)) return -Errno.ENOSPC
      inode.truncate(Math.ceil(bytes / pageSize) * pageSize)
      const file = new OpenFile(inode, path, Open.readWrite)
      const never = { lastUser: 0, attached: 0n, detached: 0n }
      return { ...common, ...never, file, size: bytes, creator: task.processId }
    },
    refuses: known => (bytes > known.size ? Errno.EINVAL : 0),
  })
}

function* attach({ kernel, task, arguments: [id, address, flagBits] }: Call): KernelPath<number> {
  const segment = findSegment(kernel, id)
  if (!segment) return -Errno.EINVAL
  const flags = unsigned(flagBits)
  const mm = task.mm!
  const length = segment.file.inode.size
  const start = placeOf(mm, Number(address), length, flags)
  if (start < 0) return start
  const write = (flags & Attach.RDONLY) === 0
  const may = { mayRead: true, mayWrite: write, mayExecute: true }
  const areaFlags = {
    ...noFlags,
    ...may,
    ...{ read: true, write, execute: (flags & Attach.EXEC) !== 0, shared: true },
  }
  const mapping = { start, length, flags: areaFlags, file: segment.file, offset: 0 }
  const problem = yield* whileChanging(mm, mapMemory(mm, mapping))
  if (problem < 0) return problem
  segment.attached = kernel.timeOfDay
  segment.lastUser = task.processId
  return start
}

function placeOf(mm: Mm, address: number, length: number, flags: number): number {
  if (address === 0) {
    if ((flags & Attach.REMAP) !== 0) return -Errno.EINVAL
    return mm.unmappedArea(0, length) ?? -Errno.ENOMEM
  }
  const start = (flags & Attach.RND) === 0 ? address : address - (address % pageSize)
  if (start % pageSize !== 0 || start + length > userEnd) return -Errno.EINVAL
  const above = mm.areaEndingAbove(start)
  const isFree = !above || above.start >= start + length
  return isFree || (flags & Attach.REMAP) !== 0 ? start : -Errno.EINVAL
}

/** Takes away all mappings of the segment that begins at an address, in whatever pieces it is. */
function* detach({ kernel, task, arguments: [address] }: Call): KernelPath<number> {
  const mm = task.mm!
  const start = Number(address)
  const first = mm.vmaAt(start)
  const segment = kernel.ipc.segments.all.find(({ file }) => file.inode === first?.inode)
  if (!first || !segment || first.start !== start || first.offset !== 0) return -Errno.EINVAL
  const pieces = mm.areas.filter(
    ({ inode, start: from, offset }) => inode === segment.file.inode && from - offset === start,
  )
  for (const piece of pieces) {
    const problem = yield* whileChanging(mm, unmapMemory(mm, piece.start, piece.end))
    if (problem < 0) return problem
  }
  segment.detached = kernel.timeOfDay
  segment.lastUser = task.processId
  findSegment(kernel, BigInt(segment.id))
  return 0
}

/** One that is to be removed goes as soon as nobody has it mapped. */
function findSegment(kernel: Call['kernel'], id: bigint): SharedSegment | undefined {
  const segment = kernel.ipc.segments.find(id)
  const isGone = segment && (segment.mode & toBeRemoved) !== 0 && segment.file.inode.mappings.size === 0
  if (!isGone) return segment
  kernel.ipc.segments.remove(segment)
  segment.file.inode.truncate(0)
  return undefined
}

function control(call: Call): number {
  const { kernel, task, arguments: a } = call
  const segment = findSegment(kernel, a[0])
  if (!segment) return -Errno.EINVAL
  switch (commandOf(a[1])) {
    case Ipc.RMID:
      segment.key = 0
      segment.mode |= toBeRemoved
      findSegment(kernel, a[0])
      return 0
    case Ipc.SET:
      return setPermissions(call, segment, a[2])
    case Ipc.STAT:
      return writeStructure(task, a[2], 112, view => fillStatus(view, segment))
    case Control.LOCK:
    case Control.UNLOCK:
      return 0
    default:
      return -Errno.EINVAL
  }
}

/** struct shmid64_ds. */
function fillStatus(view: DataView, segment: SharedSegment): void {
  fillPermissions(view, segment)
  view.setBigUint64(48, BigInt(segment.size), true)
  for (const [index, time] of [segment.attached, segment.detached, segment.changed].entries())
    view.setBigUint64(56 + index * 8, seconds(time), true)
  view.setUint32(80, segment.creator, true)
  view.setUint32(84, segment.lastUser, true)
  view.setBigUint64(88, BigInt(segment.file.inode.mappings.size), true)
}
