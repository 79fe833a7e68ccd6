// SPDX-License-Identifier: MIT
import { Errno, type Vma } from '../../kernel/kernel.ts'
import { type PhysicalMemory, pageSize } from '../../machine/machine.ts'

export type TextChange = {
  readonly bytes: Uint8Array
  /** True gives the mm its own copy of the page first; false leaves a page that is not its own alone. */
  readonly registering: boolean
  /** Whether the bytes now at the address are those that may be replaced. If not, nothing is done, which is success. */
  readonly expect: (current: Uint8Array) => boolean
  /** Moves the reference counter just before the write; a negative errno stops everything. */
  readonly account?: () => number
}

/**
 * Writes into the text of one mm by giving it a private copy of the page, without giving the program the right to write
 * (spec 04 §5). Other mms and the file keep their bytes. The bytes must not cross a page. The page stays private when the original
 * byte comes back. 0, or -EINVAL for a vma that cannot be copied on write, or the errno of a fault.
 */
export function writeText(memory: PhysicalMemory, vma: Vma, address: number, change: TextChange): number {
  const { mm } = vma
  if (vma.flags.shared || !vma.flags.mayWrite) return -Errno.EINVAL
  const found = mm.page(address, change.registering ? 'write' : 'read', true)
  if (found < 0) return found
  const offset = address % pageSize
  if (!change.expect(memory.bytes(found).subarray(offset))) return 0
  const failure = change.account?.() ?? 0
  if (failure < 0) return failure
  if (mm.pageState(address) !== 'private') return 0

  // Counting may have copied this very page, and after a fork both processes hold it.
  const own = mm.page(address, 'write', true)
  if (own < 0) return own
  memory.write(own, offset, change.bytes)
  return 0
}
