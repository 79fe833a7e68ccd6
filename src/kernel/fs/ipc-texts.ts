// SPDX-License-Identifier: MIT
import type { KernelCore } from '../kernel-core.ts'
import type { IpcObject } from '../syscall/ipc-objects.ts'
import type { MessageQueue } from '../syscall/message-calls.ts'
import type { SemaphoreArray } from '../syscall/semaphore-calls.ts'
import type { SharedSegment } from '../syscall/shared-memory-calls.ts'

/** Columns of a table: a title and how wide it is; titles and values stand on the right. */
type Column<T> = readonly [title: string, width: number, value: (object: T) => bigint | number | string]

/** The tables in /proc/sysvipc, in the columns of Linux. */
export const ipcTexts = {
  shm: ({ ipc }: KernelCore) =>
    table(ipc.segments.all, [
      ...common('shmid'),
      ['size', 21, ({ size }) => size],
      ['cpid', 5, ({ creator }) => creator],
      ['lpid', 5, ({ lastUser }) => lastUser],
      ['nattch', 6, ({ file }) => file.inode.mappings.size],
      ...owners,
      ...times<SharedSegment>(['atime', 'dtime', 'ctime'], object => [
        object.attached,
        object.detached,
        object.changed,
      ]),
      ['rss', 21, ({ file }) => file.inode.cachedPages * 4096],
      ['swap', 21, () => 0],
    ]),
  sem: ({ ipc }: KernelCore) =>
    table(ipc.semaphores.all, [
      ...common('semid'),
      ['nsems', 10, ({ semaphores }) => semaphores.length],
      ...owners,
      ...times<SemaphoreArray>(['otime', 'ctime'], object => [object.operated, object.changed]),
    ]),
  msg: ({ ipc }: KernelCore) =>
    table(ipc.queues.all, [
      ...common('msqid'),
      // The title has a blank more than the column.
      ['     cbytes', 10, ({ messages }) => messages.reduce((sum, { bytes }) => sum + bytes.length, 0)],
      ['qnum', 10, ({ messages }) => messages.length],
      ['lspid', 5, ({ lastSender }) => lastSender],
      ['lrpid', 5, ({ lastReceiver }) => lastReceiver],
      ...owners,
      ...times<MessageQueue>(['stime', 'rtime', 'ctime'], object => [
        object.sent,
        object.received,
        object.changed,
      ]),
    ]),
} as const

function common(id: string): readonly Column<IpcObject>[] {
  return [
    ['key', 10, ({ key }) => key],
    [id, 10, object => object.id],
    ['perms', 5, ({ mode }) => mode.toString(8)],
  ]
}

/** Everybody is root. */
const owners: readonly Column<unknown>[] = ['uid', 'gid', 'cuid', 'cgid'].map(title => [title, 5, () => 0])

function times<T>(titles: readonly string[], of: (object: T) => readonly bigint[]): readonly Column<T>[] {
  return titles.map((title, index) => [title, 10, object => of(object)[index]! / 1_000_000_000n])
}

function table<T>(objects: readonly T[], columns: readonly Column<T>[]): string {
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => cell.padStart(columns[index]![1])).join(' ')}\n`
  const rows = objects.map(object => line(columns.map(([, , value]) => String(value(object)))))
  return [line(columns.map(([title]) => title)), ...rows].join('')
}
