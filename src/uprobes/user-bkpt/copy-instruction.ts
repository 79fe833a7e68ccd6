// SPDX-License-Identifier: MIT
import { type AddressSpace, Errno, type Inode } from '../../kernel/kernel.ts'
import { type PhysicalMemory, pageSize } from '../../machine/machine.ts'
import { copySize } from './instruction.ts'

/**
 * The 16 bytes of a file at an offset, from the page cache, never from a process (spec 01 §6.2). What lies behind the end of the file
 * is zero; -EIO if all of it does, or a page cannot be had.
 */
export function copyInstruction(memory: PhysicalMemory, inode: Inode, offset: number): Uint8Array | number {
  if (offset >= inode.size) return -Errno.EIO
  const copy = new Uint8Array(copySize)
  const end = Math.min(offset + copySize, inode.size)
  for (let at = offset; at < end; ) {
    const frame = inode.page(Math.floor(at / pageSize))
    if (frame === undefined) return -Errno.EIO
    const start = at % pageSize
    const part = memory.bytes(frame).subarray(start, Math.min(pageSize, start + end - at))
    copy.set(part, at - offset)
    at += part.length
  }
  return copy
}

/** The 16 bytes that a process has at an address (spec 08 §3). What lies behind them where nothing is mapped is zero; -EFAULT if all of it does. */
export function copyText(mm: AddressSpace, address: number): Uint8Array | number {
  const copy = new Uint8Array(copySize)
  return mm.read(address, copy) > 0 ? copy : -Errno.EFAULT
}
