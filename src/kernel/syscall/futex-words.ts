// SPDX-License-Identifier: MIT
import { Errno } from '../errno.ts'
import type { Mm } from '../mm/mm.ts'

/** What a futex word is: the mm and the address, or in shared memory the file and its offset. */
export type Key = { readonly key: object; readonly offset: number }

/** Bits of the word of a robust lock, or of one that the kernel hands on: its owner has died; somebody waits; the owner's thread number. */
export const LockWord = { ownerDied: 0x4000_0000, waiters: 0x8000_0000, owner: 0x3fff_ffff } as const

/** The 32-bit word at an address, faulting it in. */
export function readWord(mm: Mm, address: number): number | undefined {
  const bytes = new Uint8Array(4)
  return mm.read(address, bytes) === 4 ? new DataView(bytes.buffer).getUint32(0, true) : undefined
}

/** 0 or -EFAULT. */
export function writeWord(mm: Mm, address: number, value: number): number {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value >>> 0, true)
  return mm.write(address, bytes) === 4 ? 0 : -Errno.EFAULT
}

export function keyOf(mm: Mm, address: number): Key {
  const area = mm.vmaAt(address)
  return area?.inode && area.flags.shared
    ? { key: area.inode, offset: area.offsetOf(address) }
    : { key: mm, offset: address }
}
