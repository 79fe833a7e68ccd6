// SPDX-License-Identifier: MIT
import type { Vma } from '../../kernel/kernel.ts'
import type { KernelProfile } from '../profile.ts'

/** Whether a mapping gets breakpoints; without `registering`, whether it may still hold some. */
export type SuitableVma = (vma: Vma, registering: boolean) => boolean

/** Profile choice `suitable-vma`. */
export const suitableVmas: Readonly<Record<KernelProfile['suitable-vma'], SuitableVma>> = {
  /** valid_vma of spec 04 §3: private, may be made executable (also plain readable data, bug B16), and not writable when registering. */
  'may-exec': ({ inode, flags }, registering) =>
    inode !== undefined && flags.mayExecute && !flags.shared && !(registering && flags.write),
  /** Spec 08 §4: the rights that it has now. */
  'read-exec': ({ inode, flags }) =>
    inode !== undefined && flags.read && flags.execute && !flags.write && !flags.shared,
}

/** Where a file offset lies in a mapping, or undefined outside it. */
export function addressOf(vma: Vma, offset: number): number | undefined {
  const address = vma.start + (offset - vma.fileOffset)
  return address >= vma.start && address < vma.end ? address : undefined
}

/** The file offset that an address of a mapping shows. */
export function offsetOf(vma: Vma, address: number): number {
  return vma.fileOffset + (address - vma.start)
}
