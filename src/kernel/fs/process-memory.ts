// SPDX-License-Identifier: MIT
import { pageSize, userEnd } from '../../machine/machine.ts'
import { Errno } from '../errno.ts'
import { getPage } from '../mm/get-page.ts'
import type { Mm } from '../mm/mm.ts'

/**
 * /proc/PID/mem: the memory of the address space that the process had when it was opened, as a debugger sees it. Rights do not matter (FOLL_FORCE),
 * so text that nobody may write is copied and written. Bytes up to the first that cannot be had; -EIO where that is the first, as in the
 * page of slots; none once the address space is gone.
 */
export function readProcessMemory(mm: Mm, address: number, length: number): Uint8Array | number {
  const memory = mm.kernel.memory
  const result = new Uint8Array(length)
  const done = transfer(mm, address, length, 'read', (frame, offset, at, count) =>
    result.set(memory.bytes(frame).subarray(offset, offset + count), at),
  )
  return done < 0 ? done : result.subarray(0, done)
}

export function writeProcessMemory(mm: Mm, address: number, bytes: Uint8Array): number {
  const memory = mm.kernel.memory
  return transfer(mm, address, bytes.length, 'write', (frame, offset, at, count) =>
    memory.write(frame, offset, bytes.subarray(at, at + count)),
  )
}

function transfer(
  mm: Mm,
  address: number,
  length: number,
  access: 'read' | 'write',
  copy: (frame: number, offset: number, done: number, count: number) => void,
): number {
  if (mm.users.size === 0) return 0
  let done = 0
  while (done < length) {
    const at = address + done
    const frame = at < userEnd ? getPage(mm, at, access, true) : -Errno.EFAULT
    if (frame < 0) return done > 0 ? done : -Errno.EIO
    const offset = at % pageSize
    const count = Math.min(length - done, pageSize - offset)
    copy(frame, offset, done, count)
    done += count
  }
  return done
}
