// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { type Call, int, type SystemCall } from './system-call.ts'
import { readView, writeStructure } from './user-access.ts'

const note = 'there is only root'

/** Who a process is: always root, and nobody else can be made of it. */
const changes: Readonly<Record<number, readonly [name: string, count: number]>> = {
  105: ['setuid', 1],
  106: ['setgid', 1],
  113: ['setreuid', 2],
  114: ['setregid', 2],
  117: ['setresuid', 3],
  119: ['setresgid', 3],
}

export const identityCalls: readonly SystemCall[] = [
  ...Object.entries(changes).map(
    ([number, [name, count]]): SystemCall => ({
      number: Number(number),
      name,
      count,
      support: 'partial',
      note: 'there is only root: another number is refused',
      handler: ({ arguments: a }) =>
        a.slice(0, count).every(id => int(id) === 0 || int(id) === -1) ? 0 : -Errno.EPERM,
    }),
  ),
  { number: 116, name: 'setgroups', count: 2, support: 'stub', note, handler: () => 0 },
  { number: 122, name: 'setfsuid', count: 1, support: 'stub', note, handler: () => 0 },
  { number: 123, name: 'setfsgid', count: 1, support: 'stub', note, handler: () => 0 },
  { number: 125, name: 'capget', count: 2, support: 'stub', note: 'all capabilities', handler: capget },
  { number: 126, name: 'capset', count: 2, support: 'stub', note: 'without effect', handler: () => 0 },
  {
    number: 135,
    name: 'personality',
    count: 1,
    support: 'partial',
    note: 'PER_LINUX only',
    handler: ({ arguments: [wanted] }) => (wanted === 0n || wanted === 0xffff_ffffn ? 0 : -Errno.EINVAL),
  },
]

const newestCapabilities = 0x2008_0522

/** An unknown version is answered with the newest one. */
function capget({ task, arguments: [header, data] }: Call): number {
  const version = readView(task, header, 8)?.getUint32(0, true)
  if (version === undefined) return -Errno.EFAULT
  if (version !== newestCapabilities && version !== 0x2007_1026) {
    const problem = writeStructure(task, header, 4, view => view.setUint32(0, newestCapabilities, true))
    return problem || (data === 0n ? 0 : -Errno.EINVAL)
  }
  if (data === 0n) return 0
  return writeStructure(task, data, 24, view => {
    for (const offset of [0, 4]) view.setUint32(offset, 0xffff_ffff, true)
    for (const offset of [12, 16]) view.setUint32(offset, 0x1ff, true)
  })
}
