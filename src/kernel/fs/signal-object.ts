// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import { recalculatePending } from '../signal/send-signal.ts'
import type { KernelTask } from '../task/kernel-task.ts'
import { Poll, type SpecialObject } from './special-object.ts'

/** Bytes of struct signalfd_siginfo. */
const recordSize = 128

/** signalfd(2): takes pending signals of the task that reads. */
export class SignalObject implements SpecialObject {
  readonly name = 'anon_inode:[signalfd]'
  readonly type = 0
  readonly activity = 0
  mask: bigint

  constructor(mask: bigint) {
    this.mask = mask
  }

  events({ pending, process }: KernelTask): number {
    return ((pending.mask | process.pending.mask) & this.mask) !== 0n ? Poll.IN : 0
  }

  read(length: number, task: KernelTask): Uint8Array | number | undefined {
    if (length < recordSize) return -Errno.EINVAL
    const records: Uint8Array[] = []
    for (const pending of [task.pending, task.process.pending])
      for (let next = pending.next(this.mask); next && (records.length + 1) * recordSize <= length; ) {
        const { signal, code, pid = 0, uid = 0, status = 0, address = 0n, value } = pending.take(next)!
        const view = new DataView(new ArrayBuffer(recordSize))
        view.setUint32(0, signal, true)
        view.setInt32(8, code, true)
        view.setUint32(12, pid, true)
        view.setUint32(16, uid, true)
        view.setInt32(40, status, true)
        if (value !== undefined) {
          view.setInt32(44, Number(BigInt.asIntN(32, value)), true)
          view.setBigUint64(48, value, true)
        }
        view.setBigUint64(72, BigInt.asUintN(64, address), true)
        records.push(new Uint8Array(view.buffer))
        next = pending.next(this.mask)
      }
    if (records.length === 0) return undefined
    recalculatePending(task)
    const bytes = new Uint8Array(records.length * recordSize)
    for (const [index, record] of records.entries()) bytes.set(record, index * recordSize)
    return bytes
  }
}
